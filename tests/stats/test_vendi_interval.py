"""The interval of the Vendi score is for other samples of the same kind, also where all rows are in it."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats.vendi import vendi, vendi_at, vendi_interval


def world(rng: np.random.Generator, n: int, kinds: int = 20) -> np.ndarray:
    centres = np.random.default_rng(7).normal(size=(kinds, 20))
    return centres[rng.integers(kinds, size=n)] + 0.3 * rng.normal(size=(n, 20))


@pytest.mark.parametrize(("n", "size"), [(40, 40), (60, 40), (120, 40)], ids=["all of them", "most", "a third"])
def test_it_holds_what_other_samples_give(n: int, size: int) -> None:
    rng = np.random.default_rng(0)
    true = float(np.mean([vendi(world(rng, size)) for _ in range(300)]))
    missed = 0
    for _ in range(100):
        _, low, high = vendi_interval(world(rng, n), size, rng)
        missed += not low <= true <= high
    assert missed <= 9  # nominal 5; it errs on the wide side


def test_the_range_of_subsamples_of_everything_would_have_no_width() -> None:
    rng = np.random.default_rng(1)
    rows = world(rng, 40)
    assert np.ptp(vendi_at(rows, 40, rng)) == 0.0
    middle, low, high = vendi_interval(rows, 40, rng)
    assert low < middle < high
    assert middle == vendi(rows)


def test_no_more_than_all_and_no_fewer_than_one() -> None:
    rng = np.random.default_rng(2)
    assert vendi_interval(np.eye(12), 12, rng)[2] <= 12.0
    assert vendi_interval(np.ones((12, 3)), 12, rng)[1] == pytest.approx(1.0)


def test_three_rows_are_too_few() -> None:
    with pytest.raises(ValueError, match="four rows"):
        vendi_interval(np.eye(3), 3, np.random.default_rng(0))
