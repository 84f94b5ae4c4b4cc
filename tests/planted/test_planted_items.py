"""Plain faults of made items are found in real data, and clean data raise few alarms."""

from __future__ import annotations

import pytest
from planted.faults_items import FAULTS
from planted.measure import called, flagged
from planted.sources import source

KNOWN = {fault.name: fault for fault in FAULTS}
STRONG = {
    "grid of period 2": (0.04, 60),
    "grid of period 4": (0.04, 60),
    "bands": (24, 60),
    "copied texture": (0.3, 60),
}


@pytest.mark.stamps
@pytest.mark.parametrize(("name", "strength", "n"), [(name, *how) for name, how in STRONG.items()])
def test_a_plain_mark_of_a_generator_is_found_in_photographs(name: str, strength: float, n: int) -> None:
    fault = KNOWN[name]
    clean = source(fault.source, n)
    planted = fault.plant(clean, strength, 0)
    assert len(flagged(fault, planted.samples) & planted.faulty) >= 0.8 * len(planted.faulty)
    alarms, judged = called(fault, clean)
    assert len(alarms) <= 0.1 * judged


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.parametrize(("name", "strength"), [("voice lost", 6), ("another picture", 1.0), ("pitch moved", 6)])
def test_a_plain_loss_along_a_chain_is_found(name: str, strength: float) -> None:
    fault = KNOWN[name]
    planted = fault.plant(source(fault.source, 60), strength, 0)
    assert len(flagged(fault, planted.samples) & planted.faulty) >= 0.7 * len(planted.faulty)
