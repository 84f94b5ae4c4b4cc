"""The planner against chance and against an oracle: data hidden, bought, revealed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shisaku.core.progress import Progress, silent
from shisaku.lab.next_data.deal import Deals
from shisaku.lab.next_data.doubts import Doubts
from shisaku.lab.next_data.policies import planned, without_measuring
from shisaku.lab.next_data.repeat import Repeat
from shisaku.lab.next_data.world import Stock, World, draw_world
from shisaku.learn.examples import Features
from shisaku.learn.learner import Learner
from shisaku.learn.logistic import Logistic

REPEATS = 20
ORACLE = "oracle"


def back_test(
    stock: Stock, repeats: int = REPEATS, *, seed: int = 0, learner: Learner | None = None, progress: Progress = silent
) -> list[Repeat]:
    """Return what every policy reached in `repeats` worlds of one dataset."""
    found = []
    for number in range(repeats):
        progress(stock.name, number, repeats)
        found.append(repeat(stock, number, seed=seed, learner=learner))
    progress(stock.name, repeats, repeats)
    return found


def repeat(stock: Stock, number: int, *, seed: int = 0, learner: Learner | None = None) -> Repeat:
    """Draw one world and let every policy spend the same money in it.

    The oracle takes the policy whose score on the hidden items is the highest: it picks their luck as well, so that
    regret against it is an upper bound.
    """
    student, world = _prepared(draw_world(stock, seed, number), learner or Logistic())
    deals = Deals(world, student, Doubts.of(world.hand, student, seed))
    plan = planned(world, deals, seed)
    scores = {**without_measuring(world, deals, seed, number), **plan.scores}
    scores[ORACLE] = max(scores.values())
    n_train = len(world.hand) + sum(n for name, n in plan.bought.items() if name != "repairs")
    return Repeat(scores, plan, n_train, len(world.test), world.noise)


def _prepared(world: World, learner: Learner) -> tuple[Learner, World]:
    """Do what is done to each row alone, once."""

    def seen(features: Features) -> npt.NDArray[np.float32]:
        return np.asarray(learner.prepared(features)[1], dtype=np.float32)

    student = learner.prepared(world.hand.features)[0]
    goods = {name: held.with_features(seen(held.features)) for name, held in world.goods.items()}
    hand, test = (items.with_features(seen(items.features)) for items in (world.hand, world.test))
    return student, replace(world, hand=hand, test=test, goods=goods)
