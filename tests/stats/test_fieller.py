"""The interval of a ratio: it covers, and says nothing where the denominator may be zero."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.stats.fieller import fieller


def test_covers_the_true_ratio_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(2000):
        shared = rng.normal(0, 0.3, 12)
        found = fieller(3.0 + shared + rng.normal(0, 0.5, 12), 1.5 + shared + rng.normal(0, 0.2, 12), 1 / 12)
        hits += found is not None and found[1] <= 2.0 <= found[2]
    assert 0.935 <= hits / 2000 <= 0.965


def test_constant_numbers_have_a_ratio_without_width() -> None:
    assert fieller([4.0, 4.0, 4.0], [2.0, 2.0, 2.0], 0.5) == pytest.approx((2.0, 2.0, 2.0))


def test_no_ratio_where_the_denominator_may_be_zero() -> None:
    assert fieller([1.0, 2.0, 3.0], [-1.0, 0.5, 1.0], 1 / 3) is None
