"""Plain copies are found, and clean data raise few alarms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.fault import Fault
from planted.faults_duplicates import FAULTS
from planted.measure import measured

pytestmark = [pytest.mark.stamps, pytest.mark.packages]
BY_NAME = {fault.name: fault for fault in FAULTS}
# Fault, strength that must be found, samples.
PLAIN = [
    ("same_pixels", 9, 60),
    ("jpeg_copy", 80, 60),
    ("small_copy", 0.9, 60),
    ("pale_copy", 0.7, 60),
    ("reworded_prompt", 1.0, 80),
    ("reworded_japanese", 1.0, 250),
    ("quiet_copy", 0.1, 40),
    ("vorbis_copy", 0.6, 40),
    ("other_caption", 1.0, 60),
    ("other_transcript", 1.0, 40),
    ("leaked_pixels", 9, 60),
    ("leaked_jpeg", 80, 60),
    ("leaked_prompt", 1.0, 80),
    ("torn_group", 2, 200),
    ("against_pixels", 9, 60),
    ("against_jpeg", 80, 60),
    ("against_prompt", 1.0, 80),
    ("against_noisy", 30, 40),
]


@pytest.mark.parametrize(("name", "strength", "n"), PLAIN)
def test_a_plain_copy_is_found(name: str, strength: float, n: int) -> None:
    fault: Fault = replace(BY_NAME[name], strengths=(strength,))
    found = measured(fault, n=n)
    assert found.rows[0].recall[0] >= 0.75
    assert found.false_alarms[0] <= 0.05


def test_every_detector_has_a_fault() -> None:
    from shisaku.auditing.detector import detectors

    ours = ("dataset.exact_", "dataset.semantic_", "dataset.group_leak", ".near_duplicate", ".near_leak", "_conflict")
    mine = {one.op for one in detectors() if any(word in one.op for word in ours) and "label" not in one.op}
    told = {one.name: one.op for one in detectors()}
    assert mine == {told[fault.profile] for fault in FAULTS}
    assert all(len(fault.strengths) >= 5 for fault in FAULTS)
