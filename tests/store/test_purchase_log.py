"""The log of purchases only grows, and what others wrote into it does no harm."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from shisaku.errors import MachineError
from shisaku.store.json_lines import add_line, lines_of
from shisaku.store.purchase_log import NAME, Logged, PurchaseLog, Realised

LINE = Logged("2026-01-02T03:04:05+00:00", "labels", 120, 12000.0, "JPY", "fewer missed cracks", 0.03, 0.0, 0.06)


def realised(mean: float) -> Realised:
    return Realised(
        LINE.id, "2026-02-02", "runs/a", "s", "own", "with", "real", mean, mean - 0.02, mean + 0.02, "ADOPT"
    )


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    log = PurchaseLog(tmp_path / "state")
    assert log.bought() == {}
    other = replace(LINE, n=50)
    for line in (LINE, other, realised(0.01), realised(0.04)):
        log.add(line)
    assert list(log.bought().values()) == [LINE, other]
    assert log.realised() == {LINE.id: realised(0.04)}  # a later one overrules
    assert len((tmp_path / "state" / NAME).read_text().splitlines()) == 4


def test_every_figure_makes_another_purchase() -> None:
    changed = [replace(LINE, n=1), replace(LINE, cost=1.0), replace(LINE, purpose="x"), replace(LINE, date="2027")]
    assert len({LINE.id, *(one.id for one in changed)}) == 5


def test_torn_and_strange_lines_are_passed_over(tmp_path: Path) -> None:
    log = PurchaseLog(tmp_path)
    log.add(LINE)
    with log.path.open("a") as file:
        file.write('{"what": "bought", "offer": "torn\n[1]\n{"what": "bought", "offer": "half"}\n{"what": "else"}\n')
    log.add(replace(LINE, n=7))
    assert [one.n for one in log.bought().values()] == [120, 7]


def test_lines_of_two_writers_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    rows = [{"k": k, "text": "x" * 500} for k in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda row: add_line(path, row), rows))
    assert sorted(row["k"] for row in lines_of(path)) == list(range(60))


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError):
        PurchaseLog(tmp_path / "file" / "inside").add(LINE)


def test_what_is_no_json_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        add_line(tmp_path / "log", {"x": float("nan")})
    assert not (tmp_path / "log").exists()
    json.dumps(lines_of(tmp_path / "log"))
