"""Made sets that differ from the real ones: a strong fault is found, and two halves of one source are no alarm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.faults_distances import WHOLE
from planted.sources import source
from planted.whole import WholeFault, raised

QUICK = [fault for fault in WHOLE if fault.source == "digits" and fault.name == "made paler"]
FOUND = [fault for fault in QUICK if fault.profile != "dataset.vendi"] + [
    fault for fault in WHOLE if (fault.name, fault.profile) == ("made of few kinds", "dataset.vendi")
]


def times(fault: WholeFault, strength: float | None, seeds: int) -> int:
    clean = fault.prepare(source(fault.source, fault.n))
    planted = strength is not None
    return sum(bool(raised(fault, fault.plant(clean, strength, seed), planted=planted)) for seed in range(seeds))


@pytest.mark.parametrize("fault", FOUND, ids=lambda fault: fault.profile)
def test_the_strongest_is_found(fault: WholeFault) -> None:
    assert times(replace(fault, n=500), fault.strengths[-1], 1) == 1


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.profile)
def test_two_halves_are_no_alarm(fault: WholeFault) -> None:
    assert times(replace(fault, n=500), None, 2) == 0


@pytest.mark.slow
@pytest.mark.packages
def test_the_frechet_distance_finds_copies() -> None:
    (fault,) = (one for one in WHOLE if (one.name, one.profile) == ("made of few kinds", "dataset.frechet"))
    assert times(fault, 0.4, 2) == 2
