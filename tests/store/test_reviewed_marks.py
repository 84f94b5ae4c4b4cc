"""Marks of reviewers: a table that does not fit is refused whole, one who changes their mind counts once."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.core.mark import Mark
from shisaku.errors import DataError
from shisaku.store.reviewed import keep_marks, marks_from, said_of
from shisaku.store.run import Run


def table(folder: Path, text: str) -> Path:
    path = folder / "marks.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_table_is_read_and_the_last_word_of_each_counts(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="f")
    keep_marks(run, marks_from(table(tmp_path, "sample,ok,by\na,yes,anna\nb,no,anna\na,bad,ken\n"), {"a", "b"}))
    assert said_of(run) == {"a": False, "b": False}, "even votes count as bad"
    keep_marks(run, [Mark("a", True, "ken"), Mark("b", False, "anna")])
    assert said_of(run) == {"a": True, "b": False}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("sample,ok\na,perhaps\n", ":2", "`ok` says perhaps"),
        ("sample,ok\na,yes\nz,no\n", ":3", "z"),
        ("sample,ok\na,yes,x,y\n", ":2", "cells"),
        ("sample,good\na,yes\n", "", "ok"),
        ("", "", "empty"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(DataError) as told:
        marks_from(path, {"a"})
    assert str(told.value.where).endswith(f"marks.csv{where}")
    assert what in str(told.value.what)
