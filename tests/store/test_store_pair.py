"""Real and synthetic data side by side keep their roles, and never share a group by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.errors import DataError
from shisaku.store.pair import PairReader


def texts(root: Path, words: list[str]) -> Path:
    for number, word in enumerate(words):
        place = root / ("a" if number % 2 else "b")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(word, encoding="utf-8")
    return root


def test_roles_ids_and_depth_tell_the_sides_apart(tmp_path: Path) -> None:
    real, made = texts(tmp_path / "r", ["one", "two"]), texts(tmp_path / "m", ["three", "four"])
    records = list(PairReader(str(made), str(real)).records())
    assert {record.facts["role"]: record.depth for record in records} == {"real": 0, "synthetic": 1}
    assert len({record.id for record in records}) == 4
    assert {record.labels["class"] for record in records} == {"a", "b"}


def test_equal_group_names_on_both_sides_are_two_groups(tmp_path: Path) -> None:
    for name in ("r", "m"):
        table = tmp_path / f"{name}.csv"
        table.write_text("text,label,lot\nx,a,1\ny,b,1\n", encoding="utf-8")
    reader = PairReader(str(tmp_path / "m.csv"), str(tmp_path / "r.csv"), label="label", group="lot")
    groups = [record.group for record in reader.records() if record.facts["role"] == "real"]
    assert groups == ["real/1", "real/1"]
    assert not any(record.group == "real/1" for record in reader.records() if record.facts["role"] == "synthetic")


def test_the_same_folder_twice_is_refused(tmp_path: Path) -> None:
    real = texts(tmp_path / "r", ["one", "two"])
    with pytest.raises(DataError, match="same folder"):
        list(PairReader(str(real), str(real)).records())
