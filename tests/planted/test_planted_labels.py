"""Strong faults of labels are found in real digits and stamps, and little is called in what is clean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.fault import Fault
from planted.faults_labels import FAULTS, WHOLE, pixels
from planted.measure import flagged
from planted.sources import source
from planted.whole import WholeFault, raised

FALSE_ALARMS = 0.05
HELD = {fault.name: fault for fault in FAULTS}
# The same fault in digits, whose pixels are features without weights.
ON_DIGITS = {
    "wrong_labels_pixels": {},
    "unlabelled": {"source": "digits"},
    "disputed": {},
    "contradictions": {"source": "digits", "prepare": pixels, "params": {"near": 0.9999}},
}
STAMPS = ("renamed_case", "renamed_width", "renamed_space", "renamed_plural", "named_otherwise")


def found(fault: Fault, n: int) -> tuple[float, float]:
    """Return recall of the strongest, and the share of false alarms in clean data."""
    clean = source(fault.source, n)
    planted = fault.plant(clean, fault.strengths[-1], 0)
    called = flagged(fault, planted.samples)
    return len(called & planted.faulty) / len(planted.faulty), len(flagged(fault, clean)) / len(clean)


@pytest.mark.parametrize("name", ON_DIGITS)
def test_strong_faults_in_digits(name: str) -> None:
    recall, alarms = found(replace(HELD[name], **ON_DIGITS[name]), 400)
    assert recall >= 0.75
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.parametrize("name", STAMPS)
def test_classes_written_in_two_ways(name: str) -> None:
    recall, alarms = found(HELD[name], 300)
    assert recall >= 0.9
    assert alarms == 0.0


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize("name", ["swapped_classes", "misled"])
def test_strong_faults_seen_through_features(name: str) -> None:
    recall, alarms = found(HELD[name], 400)
    assert recall >= 0.7
    assert alarms <= FALSE_ALARMS


@pytest.mark.parametrize("fault", WHOLE, ids=lambda fault: fault.name)
def test_faults_of_the_whole(fault: WholeFault) -> None:
    clean = fault.prepare(source(fault.source, fault.n))
    worst = fault.strengths[-1]
    assert raised(fault, fault.plant(clean, worst, 0), planted=True)
    assert not raised(fault, fault.plant(clean, None, 0), planted=False)
