"""Strong faults are found in real pictures and videos, and clean ones raise few alarms."""

from __future__ import annotations

import pytest
from planted.faults_image import FAULTS as IMAGE
from planted.faults_outliers import FAULTS as OUTLIERS
from planted.faults_video import FAULTS as VIDEO
from planted.measure import flagged
from planted.sources import source

KNOWN = {fault.name: fault for fault in (*IMAGE, *OUTLIERS, *VIDEO)}
FALSE_ALARMS = 0.05
STRONG = {
    "blur in photos": 1.5,
    "shake in photos": 12.0,
    "under-exposure in photos": 3.0,
    "fog in photos": 0.8,
    "lost contrast in photos": 1.0,
    "covered in photos": 0.98,
    "noise in photos": 80.0,
    "jpeg in photos": 80.0,
    "cropped jpeg in photos": 80.0,
    "smaller in photos": 8.0,
    "stretched in photos": 8.0,
}


def found(name: str, strength: float, n: int) -> tuple[float, float]:
    """Return recall, and the share of the clean data that raises an alarm."""
    fault = KNOWN[name]
    clean = source(fault.source, n)
    planted = fault.plant(clean, strength, 0)
    right = flagged(fault, planted.samples) & planted.faulty
    return len(right) / len(planted.faulty), len(flagged(fault, clean)) / len(clean)


@pytest.mark.stamps
@pytest.mark.parametrize(("name", "strength"), STRONG.items())
def test_a_strong_fault_of_a_photograph_is_found(name: str, strength: float) -> None:
    recall, alarms = found(name, strength, 60)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.parametrize("name", ["blur in stamps", "shake in stamps"])
def test_a_strong_fault_of_a_cut_out_is_found(name: str) -> None:
    recall, alarms = found(name, {"blur in stamps": 3.0, "shake in stamps": 12.0}[name], 400)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.weights
def test_brisque_finds_strong_noise() -> None:
    recall, alarms = found("deep noise in photos", 60.0, 40)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.packages
@pytest.mark.parametrize("name", ["black", "frozen", "cut"])
def test_a_strong_fault_of_a_video_is_found(name: str) -> None:
    recall, alarms = found(name, 1.0, 16)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.weights
@pytest.mark.slow
@pytest.mark.parametrize(("name", "strength"), [("static in stamps", 1.0), ("swapped captions", 0.03)])
def test_what_does_not_belong_is_found(name: str, strength: float) -> None:
    recall, alarms = found(name, strength, 400)
    assert recall >= 0.5
    assert alarms <= FALSE_ALARMS
