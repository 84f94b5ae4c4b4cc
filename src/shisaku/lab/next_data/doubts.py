"""Which labels at hand to look at again, and how many wrong ones that is expected to find."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from shisaku.lab.items import Index, Items
from shisaku.learn.learner import Learner
from shisaku.learn.out_of_fold import out_of_fold
from shisaku.stats.estimate import Floats

FOLDS = 4
NEAREST = 1e-3  # chances are cut here: a model that is certain knows no more than that
RIGHT_FOR_WRONG = 9.0  # before anything is looked at: as if of ten labels one were wrong
STEEPEST = 5.0
SPREAD = 0.7  # of the logarithm of the slope around 1, where doubts are taken at their word


@dataclass(frozen=True, slots=True)
class Doubts:
    """Items at hand by position, most doubted first; `logits` [n] are log odds that a label is wrong, as models say.

    Models that did not see an item give its label a chance; an item that no model could judge is doubted as on average.
    """

    order: Index
    logits: Floats

    @classmethod
    def of(cls, items: Items, student: Learner, seed: int) -> Doubts:
        """Ask models that did not see the items; features are `prepared` for the student."""
        found = out_of_fold(
            items.main, items.labels, items.groups, folds=FOLDS, repeats=1, seed=seed, learner=student
        )  # fmt: skip
        chance = np.full(len(items), np.nan)
        chance[found.places] = found.probabilities[np.arange(len(found.places)), found.codes]
        wrong = np.clip(1.0 - chance, NEAREST, 1.0 - NEAREST)
        logits = np.log(wrong / (1.0 - wrong))
        mean = float(np.nanmean(logits)) if len(found.places) else 0.0
        logits = np.where(np.isnan(logits), mean, logits)
        order = sorted(range(len(items)), key=lambda i: (-logits[i], items.ids[i]))
        return cls(np.array(order, dtype=np.intp), logits)

    def to_look_at(self, n: int, seen: Collection[int] = ()) -> Index:
        """Return `n` positions for a first look: half of them the most doubted, half spread over all the others.

        The most doubted alone would not tell how many wrong labels there are further down.
        """
        left = [int(i) for i in self.order if i not in seen]
        top = left[: (n + 1) // 2]
        rest = left[len(top) :]
        few = min(n - len(top), len(rest))
        spread = np.linspace(0, len(rest) - 1, few).round().astype(np.intp).tolist() if few else []
        return np.array([*top, *(rest[place] for place in spread)], dtype=np.intp)

    def next_looks(self, seen: Collection[int]) -> Index:
        """Return the positions not looked at yet, most doubted first."""
        return np.array([int(i) for i in self.order if i not in seen], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many wrong labels the next looks find, [1 + draws, 1 + looks], and the share [1 + draws] still wrong then.

    The first row is the mean. `share` is of all labels at hand, before any further look.
    """

    found: Floats
    share: Floats


def wrong_labels_ahead(
    doubts: Doubts, looked: Mapping[int, bool], rng: np.random.Generator, draws: int
) -> Wrong:  # fmt: skip
    """Return how many wrong labels are ahead, learnt from those `looked` at (position -> whether its label was wrong).

    The log odds that a label is wrong are a line in the log odds that models give, with slope and height from a grid:
    likelihood of what was found, a log-normal prior around slope 1, and a Beta(1, 9) prior on the share of wrong
    labels. Draws are from that posterior. Platt scaling (Platt 1999) with the prior that few looks need.
    """
    from scipy.special import expit

    slope = np.geomspace(0.25, STEEPEST, 20)
    height = np.linspace(-10.0, 3.0, 53)
    slopes, heights = (grid.ravel() for grid in np.meshgrid(slope, height, indexing="ij"))
    chance = expit(heights[:, None] + slopes[:, None] * doubts.logits)
    weight = (RIGHT_FOR_WRONG - 1.0) * np.log1p(-np.minimum(chance.mean(axis=1), 1 - 1e-9))
    weight -= 0.5 * (np.log(slopes) / SPREAD) ** 2
    for place, was_wrong in looked.items():
        told = chance[:, place] if was_wrong else 1.0 - chance[:, place]
        weight += np.log(np.maximum(told, 1e-12))
    posterior = np.exp(weight - weight.max())
    posterior /= posterior.sum()
    ahead = doubts.next_looks(looked)
    found = np.concatenate([np.zeros((len(chance), 1)), np.cumsum(chance[:, ahead], axis=1)], axis=1)
    picked = rng.choice(len(posterior), size=draws, p=posterior)
    table = np.vstack([posterior @ found, found[picked]])
    return Wrong(table, table[:, -1] / len(doubts.order))
