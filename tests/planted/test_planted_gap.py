"""What gives made items away is found at the strength the manual says, and nothing is raised on real data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.fault import Samples
from planted.faults_gap import WHOLE
from planted.sources import source
from planted.whole import WholeFault, raised

SEEDS = 3
FAULTS = {fault.name: fault for fault in WHOLE}
# Digits lie in scikit-learn; what needs other data is measured by `python -m planted`.
QUICK = ("one label overrepresented", "one subgroup overrepresented")


def small(name: str) -> WholeFault:
    fault = FAULTS[name]
    return fault if fault.source == "digits" else replace(fault, source="digits", n=120)


def clean(fault: WholeFault) -> Samples:
    return fault.prepare(source(fault.source, fault.n))


@pytest.mark.parametrize("name", [*QUICK, "made photographs brighter", "made pictures noisy", "made pictures blurred"])
def test_the_strongest_is_found(name: str) -> None:
    fault = small(name)
    assert raised(fault, fault.plant(clean(fault), fault.strengths[-1], 0), planted=True)


@pytest.mark.parametrize("name", [*QUICK, "made photographs brighter"])
def test_nothing_is_raised_where_nothing_is_planted(name: str) -> None:
    fault = small(name)
    samples = clean(fault)
    assert not [seed for seed in range(SEEDS) if raised(fault, fault.plant(samples, None, seed), planted=False)]


@pytest.mark.parametrize("fault", WHOLE, ids=lambda fault: fault.name)
def test_every_fault_has_five_strengths(fault: WholeFault) -> None:
    assert len(fault.strengths) >= 5
    assert list(fault.strengths) == sorted(fault.strengths)
