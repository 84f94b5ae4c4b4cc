"""Planted personal data: what is plain is found, what only looks like it is not."""

from __future__ import annotations

import pytest
from planted.faults_privacy import FAULTS, WHOLE
from planted.measure import measured
from planted.whole import measured_whole

BY_NAME = {fault.name: fault for fault in FAULTS}
SMALL = 60


def _strongest(name: str, n: int = SMALL, recall: float = 0.8) -> None:
    fault = BY_NAME[name]
    found = measured(type(fault)(**{**fault.__dict__, "strengths": fault.strengths[-1:]}), n=n)
    assert found.rows[0].recall[0] >= recall, found
    share, surely, _ = found.false_alarms
    assert (share if n >= SMALL else surely) <= 0.05, found


@pytest.mark.stamps
@pytest.mark.parametrize("name", [name for name in BY_NAME if name.startswith("text_")])
def test_plain_personal_text_is_found(name: str) -> None:
    _strongest(name, n=200)


@pytest.mark.stamps
def test_headers_are_found() -> None:
    _strongest("header", recall=1.0)


@pytest.mark.stamps
@pytest.mark.packages
@pytest.mark.weights
def test_large_faces_are_found() -> None:
    _strongest("face")


@pytest.mark.stamps
@pytest.mark.weights
@pytest.mark.slow
@pytest.mark.parametrize("name", ["sign", "business_card"])
def test_large_text_in_pictures_is_found(name: str) -> None:
    _strongest(name, n=20)


@pytest.mark.stamps
@pytest.mark.weights
@pytest.mark.slow
def test_a_voice_among_animals_is_found() -> None:
    (fault,) = WHOLE
    found = measured_whole(type(fault)(**{**fault.__dict__, "strengths": (2.0,), "seeds": 3}))
    assert found.rows[0].recall[0] == 1.0
    assert found.false_alarms[0] == 0.0
