"""Strong faults of boxes are found in real pictures, and boxes as they should be raise few alarms."""

from __future__ import annotations

import pytest
from planted.faults_boxes import FAULTS
from planted.measure import called, flagged
from planted.sources import source

KNOWN = {fault.name: fault for fault in FAULTS}
FALSE_ALARMS = 0.05
IN_EDGES = {
    "box twice in boxed edges": 0.91,
    "box redrawn in boxed edges": 0.98,
    "box shifted out in boxed edges": 1.5,
    "corners for sides in boxed edges": 0.5,
    "frame stretched in boxed edges": 1.03,
    "box too small in boxed edges": 64.0,
    "box too thin in boxed edges": 0.6,
}
IN_SCENES = {"two classes": 0.91, "box too large in boxed scenes": 1.0, "boxes astray": 0.8}


def found(name: str, strength: float, n: int = 0) -> tuple[float, float]:
    """Return recall, and the share of the clean data that raises an alarm."""
    fault = KNOWN[name]
    clean = source(fault.source, n)
    planted = fault.plant(clean, strength, 0)
    right = flagged(fault, planted.samples) & planted.faulty
    alarms, judged = called(fault, clean)
    assert judged >= 0.95 * len(clean)
    return len(right) / len(planted.faulty), len(alarms) / judged


@pytest.mark.stamps
@pytest.mark.parametrize(("name", "strength"), IN_EDGES.items())
def test_a_strong_fault_among_pieces_of_edge_is_found(name: str, strength: float) -> None:
    recall, alarms = found(name, strength, 100)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.slow
@pytest.mark.parametrize(("name", "strength"), IN_SCENES.items())
def test_a_strong_fault_among_cut_outs_is_found(name: str, strength: float) -> None:
    recall, alarms = found(name, strength)
    assert recall >= 0.8
    assert alarms <= FALSE_ALARMS


@pytest.mark.stamps
@pytest.mark.parametrize(
    ("name", "strength"), [("box twice in boxed edges", 0.88), ("frame stretched in boxed edges", 1.02)]
)
def test_what_lies_below_the_threshold_is_let_be(name: str, strength: float) -> None:
    assert found(name, strength, 100)[0] == 0.0
