"""The back-test: nothing tested is ever sold, all spend the same, and a null world is not called a success."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from next_material import LEARNER, stock

from shisaku.lab.next_data.back_test import ORACLE, _prepared, back_test
from shisaku.lab.next_data.deal import Deals
from shisaku.lab.next_data.doubts import Doubts
from shisaku.lab.next_data.policies import ALONE, EVEN, NOTHING, RANDOM, planned
from shisaku.lab.next_data.summary import PLANNER, summarised
from shisaku.lab.next_data.world import LABELS, Stock, World, draw_world

STOCK = stock()


def shown_again(found: Stock) -> Stock:
    """Let both sources show the real items again: an item of a source bears the group of the one it shows."""
    near, far = (replace(one, groups=found.real.groups) for one in (found.near, found.far))
    return replace(found, near=near, far=far)


@pytest.mark.parametrize("number", range(4))
def test_nothing_that_is_tested_is_sold_or_at_hand(number: int) -> None:
    world = draw_world(shown_again(STOCK), 0, number)
    tested = set(world.test.groups)
    assert not tested & set(world.hand.groups)
    assert len(world.test) >= 100
    for name, goods in world.goods.items():
        assert not tested & set(goods.groups), name
        if name in LABELS:
            assert not set(world.hand.groups) & set(goods.groups)
        assert len(set(goods.ids)) == len(goods)
    assert not set(world.goods["near"].groups) & (set(world.goods["labels"].groups) | set(world.hand.groups))
    assert {parent for parents in world.goods["copies"].parents for parent in parents} <= set(world.hand.ids)


def test_labels_are_wrong_by_the_item_alone_and_as_often_as_said() -> None:
    worlds = [draw_world(STOCK, 0, number) for number in range(12)]
    noisy = [one for one in worlds if one.noise == 0.25]
    wrong = [np.mean([a != b for a, b in zip(one.hand.labels, one.truth, strict=True)]) for one in noisy]
    assert 0.1 < np.mean(wrong) < 0.4
    world = noisy[0]
    told = dict(zip(world.goods["labels"].ids, world.goods["labels"].labels, strict=True))
    rare = world.goods["rare labels"]
    assert all(told.get(id_, label) == label for id_, label in zip(rare.ids, rare.labels, strict=True))
    clean = next(one for one in worlds if one.noise == 0)
    assert clean.hand.labels == clean.truth


def test_parts_share_no_item() -> None:
    whole = replace(STOCK, parts=4)
    worlds = [draw_world(whole, 0, number) for number in range(4)]
    held = [set(one.hand.groups) | set(one.test.groups) | set(one.goods["labels"].groups) for one in worlds]
    for i in range(4):
        for j in range(i):
            assert not held[i] & held[j]


class Priced(Deals):
    """Deals that note what every purchase cost."""

    spent: list[float]

    def score(self, bought, looks=None, unused=()):  # type: ignore[no-untyped-def]
        self.spent.append(sum(n * self.world.prices[name] for name, n in bought.items()))
        return Deals.score(self, bought, looks, unused)


def prepared(number: int) -> tuple[World, Deals]:
    student, world = _prepared(draw_world(STOCK, 0, number), LEARNER)
    return world, Deals(world, student, Doubts.of(world.hand, student, 0))


def test_nobody_spends_more_than_the_budget_and_the_planner_pays_for_its_looks() -> None:
    world, plain = prepared(1)
    deals = Priced(world, plain.student, plain.doubts)
    object.__setattr__(deals, "spent", [])
    from shisaku.lab.next_data.policies import without_measuring

    without_measuring(world, deals, 0, 1)
    found = planned(world, deals, 0)
    assert max(deals.spent) <= world.budget + 1e-6
    assert sum(n * world.prices[name] for name, n in found.bought.items()) <= world.budget + 1e-6
    assert sum(n for name, n in found.bought.items() if name in ("near", "far", "repairs")) > 0


def test_repairs_show_the_truth_and_copies_bear_it() -> None:
    number = next(k for k in range(20) if draw_world(STOCK, 0, k).noise == 0.25)
    world, deals = prepared(number)
    looked = deals.looked_at(deals.doubts.order)
    assert [looked[id_] for id_ in world.hand.ids] == list(world.truth)
    mended = deals.score({"repairs": len(world.hand)})
    right = replace(world, hand=replace(world.hand, labels=world.truth))
    assert mended == Deals(right, deals.student, deals.doubts).score({})


@pytest.mark.slow
def test_planning_beats_chance_where_offers_differ() -> None:
    found = back_test(STOCK, 8, learner=LEARNER)
    for one in found:
        assert one.scores[ORACLE] == max(one.scores.values())
        assert set(one.scores) >= {NOTHING, RANDOM, EVEN, PLANNER, ALONE + "far"}
    gained = [one.scores[PLANNER] - one.scores[RANDOM] for one in found]
    assert np.mean(gained) > 0.02
    summary = summarised({"planted": found})
    assert summary.claim == "ABSTAIN"  # one dataset is no claim over datasets
    assert summary.datasets[0].against[RANDOM].method == "nadeau_bengio_t"


@pytest.mark.slow
def test_where_there_is_nothing_to_learn_nothing_is_shown() -> None:
    """Features are noise in four datasets: no policy is better than another, and none is said to be."""
    found = {}
    for seed in range(4):
        one = stock(f"noise{seed}", seed=seed)
        rng = np.random.default_rng(seed)

        def blind(items, rng=rng):  # type: ignore[no-untyped-def]
            return items.with_features(rng.normal(size=items.features.shape).astype(np.float32))

        null = replace(one, real=blind(one.real), made=blind(one.made), near=blind(one.near), far=blind(one.far))
        found[one.name] = back_test(null, 3, learner=LEARNER)
    summary = summarised(found)
    assert summary.claim == "ABSTAIN"
    assert not any(one.beats_random for one in summary.datasets)
    assert sum(one.bought for one in summary.datasets) == 0
