from __future__ import annotations

import math

import numpy as np
import pytest

from shisaku.stats.median import median_interval


def test_the_interval_is_of_order_statistics() -> None:
    # Published tables (Conover 1999): n = 10 takes the 2nd and 9th value, n = 20 the 6th and 15th.
    assert median_interval(range(1, 11)) == (5.5, 2, 9)
    assert median_interval(range(1, 21)) == (10.5, 6, 15)
    assert median_interval(range(6))[1:] == (0, 5)


def test_few_values_have_no_interval() -> None:
    assert median_interval([1.0, 2.0, 3.0]) == (2.0, -math.inf, math.inf)
    with pytest.raises(ValueError, match="nothing"):
        median_interval([])


def test_it_covers() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        _, low, high = median_interval(rng.exponential(size=15))
        hits += low <= math.log(2) <= high
    assert hits >= 375
