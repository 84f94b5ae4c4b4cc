"""The real packages of Debian 12, where they are in the cache: the counts that the study is planned with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from shisaku.store.readers.reader import Record
from shisaku_stamps.reader import StampsReader

pytestmark = pytest.mark.stamps


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(StampsReader().records())


def of(records: list[Record], role: str) -> list[Record]:
    return [record for record in records if record.facts["role"] == role]


def test_counts_per_class(records: list[Record]) -> None:
    counts = {role: Counter(r.labels["class"] for r in of(records, role)) for role in ("task", "photo", "cartoon")}
    assert counts["task"] == {
        "bird": 35, "ungulate": 34, "othermammal": 28, "sea": 17, "fruit": 26,
        "vegetable": 22, "flower": 25, "object": 31, "vehicle": 17,
    }  # fmt: skip
    assert counts["photo"] == {"bird": 4, "ungulate": 7, "othermammal": 9, "sea": 28, "object": 39}
    assert counts["cartoon"] == {"bird": 5, "ungulate": 9, "othermammal": 11, "fruit": 12, "sea": 4}


def test_backgrounds_are_halved_by_scene(records: list[Record]) -> None:
    grounds = of(records, "background")
    assert Counter(r.facts["half"] for r in grounds) == {"train": 53, "validation": 21, "test": 31}
    halves_of = {r.facts["scene"]: {q.facts["half"] for q in grounds if q.group == r.group} for r in grounds}
    assert len(halves_of) == 95
    assert all(len(half) == 1 for half in halves_of.values())


def test_every_picture_has_a_stated_licence(records: list[Record]) -> None:
    assert [record.id for record in records if record.problem] == []
    assert set(Counter(r.licence for r in records)) == {
        "GPL-2", "public-domain", "CC0-1.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "GPL-2+",
    }  # fmt: skip


def test_every_stamp_has_words_in_both_languages_and_ids_are_unique(records: list[Record]) -> None:
    assert all({"image", "caption", "caption_ja"} <= set(record.parts) for record in of(records, "task"))
    assert len({record.id for record in records}) == len(records) == 468
    assert all(isinstance(r.parts["image"][1], Path) and r.parts["image"][1].is_file() for r in records)


def test_a_dozen_stamps_go_through_the_chain_with_every_class(records: list[Record]) -> None:
    chain = [record for record in of(records, "task") if record.facts["chain"] == "yes"]
    assert len(chain) == 12
    assert len({record.labels["class"] for record in chain}) == 9
