"""Splits and folds: groups stay together, every class is on both sides, nothing depends on order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.lab.items import Items
from shisaku.lab.splits import fold_of, split_items


@st.composite
def grouped(draw: st.DrawFn) -> Items:
    """Items of 2-4 classes, each with 2-8 groups of 1-4 items."""
    ids, labels, groups = [], [], []
    for c in range(draw(st.integers(2, 4))):
        for g in range(draw(st.integers(2, 8))):
            for _ in range(draw(st.integers(1, 4))):
                ids.append(f"i{len(ids):03d}")
                labels.append(f"c{c}")
                groups.append(f"c{c}g{g}")
    return Items(tuple(ids), tuple(labels), tuple(groups), np.zeros((len(ids), 1), dtype=np.float32))


@settings(deadline=None, max_examples=60)
@given(grouped(), st.floats(0.1, 0.8), st.integers(0, 99))
def test_no_group_straddles_and_no_item_is_lost(items: Items, share: float, index: int) -> None:
    split = split_items(items, share, 7, index)
    train = split.train(0)
    assert sorted([*train, *split.test]) == list(range(len(items)))
    assert not {items.groups[i] for i in train} & {items.groups[i] for i in split.test}
    classes = set(items.labels)
    assert {items.labels[i] for i in train} == classes == {items.labels[i] for i in split.test}
    folds = fold_of(items, train, 3, 7, index)
    homes: dict[str, set[int]] = {}
    for fold, i in zip(folds, train, strict=True):
        homes.setdefault(items.groups[i], set()).add(int(fold))
    assert all(len(home) == 1 for home in homes.values())


@settings(deadline=None, max_examples=30)
@given(grouped(), st.randoms(use_true_random=False), st.integers(0, 9))
def test_order_of_items_does_not_matter(items: Items, random: object, index: int) -> None:
    order = list(range(len(items)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = items.take(order)
    one, two = split_items(items, 0.4, 3, index), split_items(other, 0.4, 3, index)
    assert {items.ids[i] for i in one.test} == {other.ids[i] for i in two.test}
    assert {items.ids[i] for i in one.train(2)} == {other.ids[i] for i in two.train(2)}


@settings(deadline=None, max_examples=30)
@given(grouped(), st.integers(0, 9))
def test_fewer_shots_are_part_of_more(items: Items, index: int) -> None:
    split = split_items(items, 0.3, 0, index)
    assert set(split.train(1)) <= set(split.train(2)) <= set(split.train(2, times=2)) <= set(split.train(0))
    assert all((np.array(items.labels)[split.train(1)] == label).sum() == 1 for label in set(items.labels))


def test_single_groups_leave_the_share_asked() -> None:
    ids = tuple(f"i{i:03d}" for i in range(100))
    items = Items(ids, ("a",) * 50 + ("b",) * 50, ids, np.zeros((100, 1), dtype=np.float32))
    split = split_items(items, 0.4, 0, 0)
    assert len(split.test) == 40
    assert [len(pool) for pool in split.pool.values()] == [30, 30]
    assert set(split.test) != set(split_items(items, 0.4, 0, 1).test)
    assert set(split.test) != set(split_items(items, 0.4, 1, 0).test)


def test_groups_that_span_classes_stay_whole() -> None:
    """Four speakers who each say every letter: speakers are divided, not letters."""
    ids = tuple(f"{s}{letter}" for s in range(4) for letter in "abcde")
    items = Items(ids, tuple(i[1] for i in ids), tuple(i[0] for i in ids), np.zeros((20, 1), dtype=np.float32))
    for index in range(5):
        split = split_items(items, 0.4, 0, index)
        assert not {items.groups[i] for i in split.train(0)} & {items.groups[i] for i in split.test}
        assert {items.labels[i] for i in split.test} == set("abcde") == {items.labels[i] for i in split.train(0)}
