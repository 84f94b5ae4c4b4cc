"""What the same money buys: more labels, corrected labels, or made items."""

from __future__ import annotations

import math

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.seed import rng_for
from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.lab.items import Index, Items
from shisaku.learn.out_of_fold import out_of_fold
from shisaku.message import say
from shisaku.registry.check_arm import PRICES


def bought(spec: StudySpec, arm: Arm) -> int:
    """Return how many items the study's budget buys for this arm, rounded down.

    Raises RecipeError without a budget, or without the price of what is bought.
    """
    price = spec.prices.get(PRICES[arm.buy])
    if not spec.budget or price is None:
        raise RecipeError(
            say("Arm {arm} buys {what}, but the study has no budget or no price of it", arm=arm.name, what=arm.buy),
            where=f"study {spec.name}",
            next=say("Set `budget` and `prices: {{{price}: ...}}`, in one currency", price=PRICES[arm.buy]),
        )
    return math.floor(spec.budget / price + 1e-9)


def noisy(spec: StudySpec, items: Items, rows: Index, codes: Index, n_classes: int) -> Index:
    """Return the codes of `rows` with `spec.label_noise` of them (on average) exchanged for another class.

    Whether an item's label is wrong depends on the item alone: the same annotator erred in every arm and split.
    """
    if not spec.label_noise:
        return codes
    wrong = np.zeros(len(rows), dtype=np.intp)
    for place, row in enumerate(rows):
        rng = rng_for(spec.split_seed, "label noise", items.ids[row])
        if rng.random() < spec.label_noise:
            wrong[place] = 1 + int(rng.integers(n_classes - 1))
    return (codes + wrong) % n_classes


def repaired(spec: StudySpec, items: Items, rows: Index, told: Index, truth: Index, n: int) -> Index:
    """Return the codes `told` of `rows` with the `n` most doubted of them set to the truth.

    Doubted: models that did not see a row give its label the smallest chance (`learn.out_of_fold`). A person who looks
    again is taken to be right; looking at a right label costs as much. Rows that no model could judge come last.
    """
    labels, groups = [str(code) for code in told], [items.groups[row] for row in rows]
    found = out_of_fold(items.main[rows], labels, groups, folds=spec.folds, repeats=1, seed=spec.split_seed)
    chance = np.full(len(rows), np.inf)
    chance[found.places] = found.probabilities[np.arange(len(found.places)), found.codes]
    order = sorted(range(len(rows)), key=lambda place: (chance[place], items.ids[rows[place]]))
    mended = told.copy()
    mended[order[:n]] = truth[order[:n]]
    return mended
