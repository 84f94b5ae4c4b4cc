"""The best of several equal runs looks better than it is, by as much as order statistics say."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats.best_of import expected_maximum


@pytest.mark.parametrize(
    ("runs", "known"), [(1, 0.0), (2, 0.5642), (5, 1.1630), (10, 1.5388), (20, 1.8675), (50, 2.2491)]
)
def test_known_values(runs: int, known: float) -> None:
    assert expected_maximum(runs) == pytest.approx(known, abs=1e-4)


def test_a_simulation_agrees_and_many_runs_are_no_trouble() -> None:
    drawn = np.random.default_rng(0).normal(size=(200_000, 7)).max(axis=1)
    assert expected_maximum(7) == pytest.approx(drawn.mean(), abs=5 * drawn.std() / 200_000**0.5)
    values = [expected_maximum(runs) for runs in (10**3, 10**4, 10**6)]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(4.8629, abs=1e-3)


def test_no_run_has_no_best() -> None:
    with pytest.raises(ValueError, match="at least one"):
        expected_maximum(0)
