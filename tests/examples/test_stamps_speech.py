"""Recorded names of stamps: catalogue and clips on a small tree, and the draw of those that go through a chain."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stamps_tree import SPOKEN, write_tree

from shisaku.core.sample import UNKNOWN
from shisaku.store.readers.reader import Record
from shisaku_stamps.draw import drawn
from shisaku_stamps.reader import StampsReader

DRAWN = "animals/birds/drawn"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    return write_tree(tmp_path / "tree")


def read(tree: Path, role: str, **params: object) -> dict[str, Record]:
    reader = StampsReader(data_dir=str(tree), **params)  # type: ignore[arg-type]
    return {record.id: record for record in reader.records() if record.facts["role"] == role}


def test_every_described_recording_is_one_catalogue_entry_and_one_clip(tree: Path) -> None:
    assert sorted(read(tree, "catalogue")) == sorted(f"catalogue/{name}" for name in SPOKEN)
    assert sorted(read(tree, "clip")) == sorted(f"clips/{name}" for name in SPOKEN)


def test_catalogue_knows_the_text_and_no_sound(tree: Path) -> None:
    catalogue = read(tree, "catalogue")
    frog = catalogue["catalogue/animals/amphibians/frog"]
    assert tuple(frog.parts["caption"])[:3] == ("text", "A green frog.", "en")
    assert tuple(frog.parts["caption_ja"])[:3] == ("text", "カエル", "ja")
    assert frog.labels == {"word": "green frog", "group": "other"}
    assert (frog.licence, frog.consent) == ("GPL-2", "not-personal")
    assert "image" not in catalogue[f"catalogue/{DRAWN}"].parts
    assert all(part[0] != "audio" for record in catalogue.values() for part in record.parts.values())


def test_clip_is_a_voice_whose_consent_nobody_states(tree: Path) -> None:
    clips = read(tree, "clip")
    assert {record.consent for record in clips.values()} == {UNKNOWN}
    horse = clips["clips/animals/mammals/equines/horse"]
    assert horse.labels == {"word": "horse", "group": "ungulate"}
    assert tuple(horse.parts["word"])[:3] == ("text", "horse", "en")
    kind, path, *_ = horse.parts["speech"]
    assert (kind, Path(path).name) == ("audio", "horse_desc.ogg")
    assert horse.licence == "GPL-2"
    assert horse.problem is None


def test_catalogue_and_clip_agree_on_word_and_group(tree: Path) -> None:
    clips, catalogue = read(tree, "clip"), read(tree, "catalogue")
    for name in SPOKEN:
        assert clips[f"clips/{name}"].labels == catalogue[f"catalogue/{name}"].labels


@pytest.mark.parametrize("count", [0, 2, 4, 9])
def test_dev_slice_has_the_size_asked_for(tree: Path, count: int) -> None:
    slices = [record.facts["slice"] for record in read(tree, "clip", dev_clips=count).values()]
    assert slices.count("dev") == min(count, len(SPOKEN))
    assert set(slices) <= {"dev", "test"}


def test_japanese_chain_takes_only_stamps_with_a_japanese_caption(tree: Path) -> None:
    marked = [r for r in read(tree, "catalogue").values() if r.facts["chain_ja"] == "yes"]
    assert len(marked) == 3
    assert all("caption_ja" in record.parts for record in marked)


def test_notes_count_names_pictures_and_shared_words(tree: Path) -> None:
    stamps = tree / "usr/share/tuxpaint/stamps"
    (stamps / "animals/birds/drawn.txt").write_text("An owl.\n", encoding="utf-8")
    notes = [str(note) for note in StampsReader(data_dir=str(tree)).notes()]
    assert "Recorded names per group: bird 2, other 1, ungulate 1 (all: 4)" in notes
    assert "1 of them have no picture in pixels" in notes
    assert "1 of them have the name of another one: the same word, the same class" in notes


def test_draw_takes_turns_through_the_kinds() -> None:
    kinds = {f"{kind}{n}": kind for kind in "abc" for n in range(9)}
    chosen = drawn(kinds, 7, 1, "chain")
    assert sorted(sum(name.startswith(kind) for name in chosen) for kind in "abc") == [2, 2, 3]
    assert drawn(dict(reversed(kinds.items())), 7, 1, "chain") == chosen
    assert drawn(kinds, 7, 2, "chain") != chosen
    assert drawn(kinds, 7, 1, "dev") != chosen


@given(st.dictionaries(st.text(max_size=3), st.sampled_from("abc")), st.integers(0, 30), st.integers(0, 9))
def test_draw_is_nested_and_of_the_size_asked_for(kinds: dict[str, str], count: int, seed: int) -> None:
    chosen = drawn(kinds, count, seed, "any")
    assert len(chosen) == min(count, len(kinds))
    assert chosen <= drawn(kinds, count + 1, seed, "any") <= set(kinds)
