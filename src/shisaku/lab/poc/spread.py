"""How far a measured gain scatters around the true one, and how wide its interval says that it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.draws import Floats, Worlds
from shisaku.lab.poc.sizes import TEST_SHARE, Sizes, independent
from shisaku.stats.resplit import resplit_variance_factor


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of the measured gain, one per world.

    `items` comes from the test items, which a later look shares, and `alone` from what each look does anew. The
    interval takes the sum of `parts` for both: a variance with its degrees of freedom each. `over_splits` is that of
    the difference over splits, `over_items` that of the mean over items of what all splits say on average.
    """

    items: Floats
    alone: Floats
    parts: tuple[tuple[Floats, float], ...]
    over_splits: Floats
    over_items: Floats

    @property
    def told(self) -> Floats:
        """The variance that the interval takes the measured gain to have."""
        told: Floats = np.sum([variance for variance, _ in self.parts], axis=0)
        return told


def spread_of(form: PocForm, sizes: Sizes, worlds: Worlds) -> Spread | None:
    """Return the spread at these sizes, None where a class has nothing to test or train on.

    What two models say of an item differs by -1, 0 or 1, with the variance v = q - gain^2 (q: the share they answer
    differently), 1 + (m - 1) r times as much among m alike items (Kish, Survey Sampling, 1965). The part `lasting` (L)
    of v is the item's own; the rest comes anew with every training. With J trainings and N independent items:

    - untouched test: the mean varies by v (L + (1 - L) / J) / N. Cluster t adds to that estimate the variance over
      trainings, v (1 - L) / (N J), which is in it already: it errs on the wide side.
    - own test of the share f: two splits share f of their tests, so the mean varies by v (L + (1 - f L) / (f J)) / N
      and splits around it by s^2 = v (1 - f L) / (f N); Nadeau and Bengio's interval takes s^2 (1/J + f / (1 - f)),
      which is right where all of it lasts (L = 1) and too wide else.
    """
    n, j, f = independent(sizes.test), form.splits, TEST_SHARE
    if not n or not independent(sizes.train):
        return None
    v = worlds.scatter * (1 + (sizes.per_group - 1) * worlds.alike) / n
    lasts, anew = v * worlds.lasting, v * (1 - worlds.lasting)
    if form.test == "own":
        over_splits = (v - f * lasts) / f
        told = over_splits * resplit_variance_factor(j, f, 1 - f)
        return Spread(lasts, over_splits / j, ((told, j - 1.0),), over_splits, lasts)
    free = max(1.0, sizes.groups - len(sizes.test))
    over_items = lasts + anew / j
    return Spread(lasts, anew / j, ((over_items, free), (anew / j, j - 1.0)), anew, over_items)


def sd_over_splits(spread: Spread) -> float:
    """Return what a recipe calls `assumed_sd`: the sd of the difference over splits, in the first world."""
    return float(np.sqrt(spread.over_splits[0]))


def sd_over_groups(sizes: Sizes, spread: Spread) -> float:
    """Return what a recipe calls `assumed_item_sd`: the sd over groups of a fixed test set, in the first world."""
    return float(np.sqrt(spread.over_items[0] * sizes.groups))
