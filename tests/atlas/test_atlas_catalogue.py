"""The catalogue holds every row, finds what is asked, and takes entries of the user's own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from shisaku.atlas.amount import amount_of
from shisaku.atlas.catalogue import add, built_in, entries, find
from shisaku.atlas.entry import LAYERS, Entry
from shisaku.atlas.search import Query, search
from shisaku.errors import DataError


def names(**asked: object) -> set[str]:
    return {entry.name for entry, _ in search(Query(**asked))}  # type: ignore[arg-type]


def test_no_row_is_dropped_and_none_came_twice() -> None:
    held = built_in()
    assert len(held) == len({entry.name for entry in held}) == 136
    assert Counter(entry.layer for entry in held) == {"general": 59, "task": 28, "domain": 49}
    assert Counter(entry.confidence for entry in held) == {"verified": 111, "partial": 15, "secondary": 10}
    assert all(entry.fact_source and entry.licence for entry in held)


@pytest.mark.parametrize(
    ("size", "items", "hours"),
    [
        ("400M pairs", 4e8, None),
        ("5.86B pairs (img2dataset); 5.85B (LAION)", 5.86e9, None),
        ("~1000 h, 16 kHz read English", None, 1000),
        ("70,723,513 clips, 167 kh", 70_723_513, 167_000),
        ("100K<n<1M items (card)", 1e6, None),
        ("2,619 decks x 20 slides, 14,484 QA, 890,945 boxes", 890_945, None),
        ("1T text tokens, 3.4B images", 3.4e9, None),
        ("~3.5 TB full; fMoW-rgb variant", None, None),
        ("unknown", None, None),
    ],
)
def test_sizes_in_words_are_read(size: str, items: float | None, hours: float | None) -> None:
    found = amount_of(size)
    assert (found.items, found.hours) == (pytest.approx(items), pytest.approx(hours))


def test_search_joins_everything_that_is_asked() -> None:
    assert "LibriSpeech" in names(words=["speech"], use="commercial", min_size="900h")
    assert "GigaSpeech" not in names(words=["speech"], use="commercial"), "its licence is not known"
    assert names(domain="medical", layer="domain") >= {"MIMIC-CXR", "PMC-VQA"}
    assert names(modality="lidar") >= {"nuScenes", "KITTI (3D object)"}
    assert "WebVid-10M" in names(licence_class="withdrawn")
    assert all("video" in find(name).modalities for name in names(modality="video"))
    assert names(min_size="1B") < names(min_size="1M")
    assert not names(words=["no such word at all"])


@pytest.mark.parametrize("asked", [{"layer": "x"}, {"licence_class": "x"}, {"use": "x"}, {"min_size": "many"}])
def test_a_value_that_nothing_has_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(DataError):
        search(Query(**asked))


def test_own_entries_come_first_and_survive(own_state: Path) -> None:
    path = add(Entry("Line 3", "domain", "inspection", "image", "400 records", licence="own", own=True))
    assert json.loads(path.read_text())["name"] == "Line 3"
    assert [entry.name for entry in entries()][:1] == ["Line 3"]
    assert find("line 3").own
    assert len(entries()) == 137
    assert "Line 3" in names(words=["inspection"], use="commercial")
    assert "Line 3" not in names(use="third-party")
    assert list(own_state.rglob("*.part-*")) == []


def test_a_name_is_taken_once() -> None:
    with pytest.raises(DataError, match="already"):
        add(Entry("librispeech", "general"))
    add(Entry("Mine", "task"))
    with pytest.raises(DataError, match="already"):
        add(Entry("Mine", "task"))
    add(Entry("Mine", "domain"), replace=True)
    assert find("Mine").layer == "domain"
    with pytest.raises(DataError):
        add(Entry("Other", "no layer"))


def test_names_that_differ_only_in_signs_are_two_entries() -> None:
    assert add(Entry("検査 A", "domain")) != add(Entry("検査 B", "domain"))
    assert {"検査 A", "検査 B"} <= {entry.name for entry in entries()}


def test_a_broken_entry_is_one_clear_error(own_state: Path) -> None:
    (own_state / "atlas").mkdir(parents=True)
    (own_state / "atlas" / "x.json").write_text("[1")
    with pytest.raises(DataError, match="cannot be read"):
        entries()


def test_finding_names_what_is_near() -> None:
    assert find("MIMIC-C").name == "MIMIC-CXR"
    with pytest.raises(DataError) as told:
        find("MIMIC")
    assert "MIMIC-CXR" in str(told.value)
    with pytest.raises(DataError):
        find("")
    assert set(LAYERS) == {"general", "task", "domain"}
