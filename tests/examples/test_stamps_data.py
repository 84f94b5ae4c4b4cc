"""The real packages of Debian 12, where they are in the cache: the counts that the study is planned with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from shisaku.core.sample import UNKNOWN
from shisaku.ops.reading import wave_of
from shisaku.store.ingest import ingest
from shisaku.store.readers.reader import Record
from shisaku_stamps.reader import StampsReader

pytestmark = pytest.mark.stamps


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(StampsReader().records())


@dataclass(frozen=True)
class Clips(StampsReader):
    """The recordings alone, so that nothing else is decoded."""

    def records(self) -> Iterator[Record]:
        return (record for record in super().records() if record.facts["role"] == "clip")


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
    assert len({record.id for record in records}) == len(records) == 468 + 65 + 65
    files = [part[1] for record in records for part in record.parts.values() if part[0] != "text"]
    assert all(isinstance(file, Path) and file.is_file() for file in files)


def test_a_dozen_stamps_go_through_the_chain_with_every_class(records: list[Record]) -> None:
    chain = [record for record in of(records, "task") if record.facts["chain"] == "yes"]
    assert len(chain) == 12
    assert len({record.labels["class"] for record in chain}) == 9


def test_65_stamps_have_a_recorded_name_and_no_two_share_it(records: list[Record]) -> None:
    catalogue, clips = of(records, "catalogue"), of(records, "clip")
    groups = {"bird": 16, "ungulate": 21, "other": 28}
    assert Counter(r.labels["group"] for r in catalogue) == Counter(r.labels["group"] for r in clips) == groups
    assert len({record.labels["word"] for record in catalogue}) == len(catalogue) == 65
    assert [r.labels for r in catalogue] == [r.labels for r in clips]
    assert all(set(record.parts) == {"image", "caption", "caption_ja"} for record in catalogue)
    assert {record.consent for record in clips} == {UNKNOWN}


def test_dev_and_test_clips_hold_every_group(records: list[Record]) -> None:
    counts = Counter((r.facts["slice"], r.labels["group"]) for r in of(records, "clip"))
    assert counts == {
        ("dev", "bird"): 6, ("dev", "ungulate"): 7, ("dev", "other"): 7,
        ("test", "bird"): 10, ("test", "ungulate"): 14, ("test", "other"): 21,
    }  # fmt: skip


def test_a_dozen_catalogue_entries_go_through_the_japanese_chain(records: list[Record]) -> None:
    chain = [record for record in of(records, "catalogue") if record.facts["chain_ja"] == "yes"]
    assert Counter(record.labels["group"] for record in chain) == {"bird": 4, "ungulate": 4, "other": 4}
    assert all(record.parts["caption_ja"][1] for record in chain)


def test_every_recording_decodes_to_a_short_loud_word(tmp_path: Path) -> None:
    found = ingest(Clips(), tmp_path)
    waves = [wave_of(sample, "speech") for sample in found.dataset]
    assert (len(waves), found.drops) == (65, ())
    assert {rate for _, rate in waves} == {16_000}
    assert min(wave.size / rate for wave, rate in waves) > 0.4
    assert max(wave.size / rate for wave, rate in waves) < 1.6
    assert all(0.15 < float(np.sqrt(np.mean(np.square(wave)))) < 0.3 for wave, _ in waves)
