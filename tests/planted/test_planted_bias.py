"""Planted bias, gaps and turned captions: a strong fault is found, and nothing is raised where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted.faults_alignment import FAULTS as ALIGNMENT
from planted.faults_bias import WHOLE as BIAS
from planted.faults_diversity import WHOLE as DIVERSITY
from planted.measure import measured
from planted.sources import source
from planted.whole import WholeFault, raised

FAULTS = {fault.name: fault for fault in (*BIAS, *DIVERSITY)}
SEEDS = 3
QUICK = (
    "device told by class",
    "device tied to class",
    "one class brighter",
    "night missing",
    "wrong labels from one device",
    "device in the pictures and tied to class",
)


def times(fault: WholeFault, strength: float | None, seeds: int) -> int:
    clean = fault.prepare(source(fault.source, fault.n))
    planted = strength is not None
    return sum(bool(raised(fault, fault.plant(clean, strength, seed), planted=planted)) for seed in range(seeds))


def small(name: str) -> WholeFault:
    fault = FAULTS[name]
    draws = {"draws": 199} if fault.profile in ("giveaway", "image_shortcut", "label_ties", "image_source") else {}
    return replace(fault, n=min(fault.n, 400), params={**fault.params, **draws})


@pytest.mark.parametrize("name", QUICK)
def test_the_strongest_is_found(name: str) -> None:
    fault = small(name)
    assert times(fault, fault.strengths[-1], 1) == 1


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_raised_where_nothing_is_planted(name: str) -> None:
    assert times(small(name), None, SEEDS) == 0


@pytest.mark.slow
def test_a_class_of_few_kinds_is_found() -> None:
    fault = small("one class of few kinds")
    assert times(fault, 1.0, 2) == 2
    assert times(fault, None, 2) == 0


@pytest.mark.slow
@pytest.mark.stamps
@pytest.mark.weights
def test_turned_captions_raise_few_alarms_on_the_others() -> None:
    found = measured(replace(ALIGNMENT[0], strengths=(0.1,)))
    assert found.false_alarms[0] <= 0.05
    assert found.rows[0].precision is not None
    assert found.rows[0].precision[0] > 0.2  # three times the share that was planted would be 0.3
