"""Where more made items stop being shown to help."""

from __future__ import annotations

import pytest

from shisaku.stats.crossing import Crossing, crossing
from shisaku.stats.estimate import TEstimate


def _points(effects: dict[float, float], se: float = 0.01) -> list[tuple[float, TEstimate]]:
    return [(ratio, TEstimate(effect, se, 9, "t")) for ratio, effect in effects.items()]


def test_the_first_ratio_after_the_last_that_helps() -> None:
    found = crossing(_points({0.5: 0.03, 1: 0.06, 2: 0.04, 5: 0.01, 10: -0.02}), 0.025)
    assert found == Crossing(2, 5, ())


def test_a_gap_does_not_end_it_and_is_said() -> None:
    assert crossing(_points({5: 0.04, 0.5: 0.06, 1: 0.01, 10: 0.0}), 0.025) == Crossing(5, 10, (1,))


def test_what_helps_to_the_end_has_no_crossing() -> None:
    assert crossing(_points({0.5: 0.03, 1: 0.06}), 0.025) == Crossing(1, None, ())


def test_what_never_helps_stops_at_the_smallest_ratio() -> None:
    assert crossing(_points({1: -0.03, 0.5: 0.0}), 0.025) == Crossing(None, 0.5, ())


def test_a_gain_that_is_not_shown_is_none() -> None:
    noisy = _points({0.5: 0.05, 1: 0.06}, se=0.04)
    assert crossing(noisy, 0.025).last is None
    assert crossing(noisy, 0.2).last == 1


@pytest.mark.parametrize("effects", [[], [(1.0, 0.1), (1.0, 0.2)]])
def test_refuses_no_ratios_or_one_twice(effects: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="ratios"):
        crossing([(ratio, TEstimate(effect, 0.1, 9, "t")) for ratio, effect in effects], 0.025)
