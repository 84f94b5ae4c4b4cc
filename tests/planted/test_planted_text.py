"""Strong faults in texts, tables and rights are found, and clean real data raise few alarms."""

from __future__ import annotations

import pytest
from planted.fault import Fault
from planted.measure import measured

from planted import faults_rights, faults_table, faults_text, faults_text_encoding

FAULTS = {
    fault.name: fault
    for module in (faults_text, faults_text_encoding, faults_table, faults_rights)
    for fault in module.FAULTS
}
TABLES = [name for name in FAULTS if name.endswith("(wine)") and "misnamed" not in name]
STAMPS = [
    "again (stamps, caption)",
    "UTF-8 as cp932 (stamps, caption_ja)",
    "signature (stamps, caption_ja)",
    "placeholder (stamps, caption_ja)",
    "mash (stamps, caption)",
    "untranslated",
    "barred",
    "unasked",
]


def strongest(fault: Fault) -> Fault:
    import dataclasses

    return dataclasses.replace(fault, strengths=fault.strengths[-1:])


@pytest.mark.parametrize("name", TABLES)
def test_faults_of_tables_are_found(name: str) -> None:
    check(FAULTS[name])


@pytest.mark.stamps
@pytest.mark.parametrize("name", STAMPS)
def test_faults_of_captions_are_found(name: str) -> None:
    check(FAULTS[name], n=300)


def check(fault: Fault, n: int = 0) -> None:
    result = measured(strongest(fault), n=n)
    assert result.rows[0].recall[0] >= 0.8
    assert result.false_alarms[0] <= 0.05
