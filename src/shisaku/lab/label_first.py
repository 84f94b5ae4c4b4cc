"""What labelling the chosen items first buys, against labelling as many at random: simulated where labels are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.core.progress import Progress, silent
from shisaku.core.seed import rng_for
from shisaku.lab.dose import TAIL, TEST_SHARE, check_classes, guessed
from shisaku.lab.items import Index, Items
from shisaku.lab.labelling import labelling_plan
from shisaku.lab.splits import split_items
from shisaku.learn.logistic import Logistic
from shisaku.message import Message, say
from shisaku.stats.clusters import Clustered, fixed_test_estimate


@dataclass(frozen=True, slots=True)
class LabelFirst:
    """Mean balanced accuracy after `budget` labels: chosen by the plan, and at random; the change with its interval."""

    budget: int
    planned: float
    random: float
    change: float
    low: float
    high: float
    rounds: int
    n_test: int

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "line": self.line.to_json()}

    @property
    def line(self) -> Message:
        """The outcome in a sentence."""
        told = {"budget": self.budget, "change": self.change, "low": self.low, "high": self.high}
        if self.low > 0:
            return say("{budget} labels by this plan beat random ones by {change:.1%} [{low:.1%}, {high:.1%}]", **told)
        return say(
            "{budget} labels by this plan are not shown to beat random ones: {change:+.1%} [{low:+.1%}, {high:+.1%}]",
            **told,
        )


def simulate(items: Items, budget: int, *, rounds: int = 10, seed: int = 0, progress: Progress = silent) -> LabelFirst:
    """Hide the labels of a training part, reveal `budget` of them by the plan or at random, train, test on the rest.

    An oracle answers every question at once and never errs. Test items are the same in every round; a round draws
    both choices anew. The change carries the interval for a fixed test set (two-level bootstrap over rounds and
    groups of items, cluster t under 50 groups): it speaks of labelling this pool.
    Raises DataError for fewer than two classes of two entities.
    """
    check_classes(items)
    student, features = Logistic().prepared(items.features)
    ready = items.with_features(np.asarray(features))
    split = split_items(ready, TEST_SHARE, seed, 0)
    pool = split.train(0)
    truth = np.array([items.labels[i] for i in split.test])
    right = np.zeros((2, rounds, len(split.test)))
    used = budget
    for j in range(rounds):
        progress("label first", j, rounds)
        chosen = _planned(items, pool, budget, seed + j)
        used = len(chosen)
        drawn = np.sort(rng_for(seed, "label first", str(j)).choice(pool, used, replace=False))
        for k, rows in enumerate((chosen, drawn)):
            labels = tuple(items.labels[i] for i in rows)
            right[k, j] = guessed(ready, student, rows, labels, split.test) == truth
    progress("label first", rounds, rounds)
    groups = [items.groups[i] for i in split.test]
    found = fixed_test_estimate(
        Clustered.of(right[0] - right[1], truth, groups), rng_for(seed, "label first", "interval")
    )
    planned, random = (float(Clustered.of(one, truth, groups).per_split().mean()) for one in right)
    n_test = len(split.test)
    return LabelFirst(used, planned, random, found.mean, found.low(TAIL), found.high(TAIL), rounds, n_test)


def _planned(items: Items, pool: Index, budget: int, seed: int) -> Index:
    place = {items.ids[i]: i for i in pool}
    plan = labelling_plan([items.ids[i] for i in pool], items.features[pool], budget, seed)
    return np.sort(np.array([place[item["id"]] for item in plan["items"]], dtype=np.intp))
