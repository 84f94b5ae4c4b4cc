"""The ledger only grows, and counts other plans on the same test items."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lab_material import planted, study

from shisaku.errors import MachineError
from shisaku.lab.looks import NAME, Ledger
from shisaku.lab.prove import prove

SPEC, DATA = study(splits=2), planted()


def test_other_plans_on_the_same_items_count(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "state")
    assert ledger.count(SPEC, DATA) == 0
    ledger.add(SPEC, DATA)
    ledger.add(SPEC, DATA)  # the same plan shows the same numbers
    assert ledger.count(SPEC, DATA) == 0
    other = replace(SPEC, splits=3)
    assert ledger.count(other, DATA) == 1
    ledger.add(other, DATA)
    assert ledger.count(replace(SPEC, splits=4, looks_taken=30), DATA) == 32
    assert ledger.count(replace(SPEC, splits=4), planted(groups=15)) == 0  # other items
    assert len((tmp_path / "state" / NAME).read_text().splitlines()) == 2


def test_a_study_labels_itself_a_replication_the_second_time(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    wide = {"expected_gain": 0.9, "splits": 6}
    first = prove(study(**wide), DATA, looks=ledger)
    again = prove(study(**wide), DATA, looks=ledger)
    other = prove(study(**wide, split_seed=5), DATA, looks=ledger)
    assert first == again
    assert "looked_before" not in {alarm.code for alarm in first.alarms}
    assert str(other.headline).startswith("Replication on data already looked at 1 times")


def test_a_torn_line_is_not_a_look(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(SPEC, DATA)
    with (tmp_path / NAME).open("a") as file:
        file.write('{"tests": "x", "pl\n[1]\n')
    assert ledger.count(replace(SPEC, splits=3), DATA) == 1


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="ledger"):
        Ledger(tmp_path / "file" / "inside").add(SPEC, DATA)
