"""Divisions: groups never straddle, classes are balanced as far as groups allow, order does not matter."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.stats.group_split import group_split

THIRDS = (Fraction(60, 100), Fraction(20, 100), Fraction(20, 100))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(1, 4), st.integers(6, 80))
def test_no_group_is_ever_in_two_splits_and_no_split_is_empty(seed: int, entities: int, classes: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    groups = [*map(str, range(3)), *(str(one) for one in rng.integers(0, entities, n))]
    labels = [str(one) for one in rng.integers(0, classes, len(groups))]
    split = group_split(labels, groups, THIRDS, seed)
    assert set(split) == {0, 1, 2}
    for group in set(groups):
        assert len({int(split[place]) for place, one in enumerate(groups) if one == group}) == 1


def test_classes_are_balanced_where_every_item_stands_alone() -> None:
    labels = ["a"] * 100 + ["b"] * 10
    split = group_split(labels, [str(n) for n in range(110)], THIRDS, 1)
    counts = [[int((split[place] == one).sum()) for one in range(3)] for place in (slice(0, 100), slice(100, 110))]
    assert counts == [[60, 20, 20], [6, 2, 2]]


def test_classes_are_balanced_as_far_as_groups_allow() -> None:
    rng = np.random.default_rng(4)
    groups = rng.integers(0, 60, 600)
    labels = [("rare" if group % 6 == 0 else "usual") for group in groups]
    split = group_split(labels, [str(group) for group in groups], THIRDS, 2)
    for label in ("rare", "usual"):
        mine = split[np.array(labels) == label]
        shares = np.bincount(mine, minlength=3) / len(mine)
        assert np.abs(shares - [0.6, 0.2, 0.2]).max() < 0.06, label


def test_three_groups_fill_three_splits() -> None:
    split = group_split(list("aaabbb"), list("123123"), THIRDS, 0)
    assert sorted(split[:3]) == [0, 1, 2]


@pytest.mark.parametrize("shares", [(Fraction(1, 2),) * 2, (Fraction(70, 100), Fraction(15, 100), Fraction(15, 100))])
def test_other_fractions_are_met(shares: tuple[Fraction, ...]) -> None:
    split = group_split(["x"] * 400, [str(n) for n in range(400)], shares, 3)
    assert np.allclose(np.bincount(split) / 400, [float(share) for share in shares], atol=0.02)


def test_the_order_of_items_does_not_matter_and_the_seed_does() -> None:
    rng = np.random.default_rng(0)
    groups = [str(one) for one in rng.integers(0, 30, 200)]
    labels = [str(one) for one in rng.integers(0, 3, 200)]
    first = group_split(labels, groups, THIRDS, 7)
    order = rng.permutation(200)
    again = group_split([labels[i] for i in order], [groups[i] for i in order], THIRDS, 7)
    assert np.array_equal(first[order], again)
    assert not np.array_equal(first, group_split(labels, groups, THIRDS, 8))
