"""Case records: each case once, however often it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.store.case_records import NAME, keep, kept


def record(*ids: str) -> dict[str, object]:
    return {"schema": 1, "cases": [{"id": one, "source": "run", "outcome": "REJECT", "grade": "C"} for one in ids]}


def test_a_case_is_kept_once(tmp_path: Path) -> None:
    assert keep(record("a", "b"), tmp_path) == 2
    assert keep(record("a", "b", "c"), tmp_path) == 1
    assert [case["id"] for case in kept(tmp_path)] == ["a", "b", "c"]
    assert {case["schema"] for case in kept(tmp_path)} == {1}


def test_the_state_folder_is_the_place_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    keep(record("a"))
    assert (tmp_path / "state" / NAME).is_file()
    assert len(kept()) == 1


def test_lines_that_are_no_case_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"id": "a"}\nnot json\n{"id":"b","source":"run","outcome":"ADOPT","grade":"A"}\n')
    assert [case["id"] for case in kept(tmp_path)] == ["b"]


def test_the_same_case_written_by_two_processes_is_one(tmp_path: Path) -> None:
    keep(record("a"), tmp_path)
    line = (tmp_path / NAME).read_text()
    (tmp_path / NAME).write_text(line + line)
    assert [case["id"] for case in kept(tmp_path)] == ["a"]
