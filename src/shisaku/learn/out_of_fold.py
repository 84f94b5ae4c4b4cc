"""Class probabilities of every row from models that saw neither it, nor its entity, nor a copy of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.learn.examples import Examples, Features
from shisaku.learn.learner import Learner
from shisaku.learn.logistic import Logistic
from shisaku.learn.neighbours import leaders, unit_rows
from shisaku.stats.dealt import dealt

Ints = npt.NDArray[np.intp]
Reals = npt.NDArray[np.float64]
SAME = 0.9999  # cosine of two rows that are one thing twice
STRENGTHS = (0.3, 3.0, 30.0)
FEWEST = 2


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Probabilities [m, K] of the rows at `places`, with their given labels as `codes` into `classes`.

    `units` [m] numbers what was never divided between folds; `left_out` maps a class that is in too few units to
    how many rows it has. Without two classes that can be told apart there are no places.
    """

    classes: tuple[str, ...]
    places: Ints
    codes: Ints
    probabilities: Reals
    units: Ints
    left_out: Mapping[str, int]

    @property
    def recalls(self) -> Reals:
        """Share of each class that its models would give the label it bears."""
        hit = self.probabilities.argmax(axis=1) == self.codes
        n = np.bincount(self.codes, minlength=len(self.classes))
        return np.asarray(np.bincount(self.codes, hit, minlength=len(self.classes)) / np.maximum(n, 1))

    @property
    def tells_apart(self) -> bool:
        """Whether balanced accuracy is above chance by two standard errors: where it is not, doubts mean nothing."""
        if len(self.classes) < FEWEST:
            return False
        recalls, n = self.recalls, np.bincount(self.codes, minlength=len(self.classes))
        # One item more on each side: a class of three that was told three times is not sure.
        spread = (recalls * n + 1) / (n + 2)
        error = float(np.sqrt((spread * (1 - spread) / n).sum())) / len(self.classes)
        return bool(recalls.mean() - 2 * error > 1 / len(self.classes))


def out_of_fold(
    rows: Features,
    labels: Sequence[str],
    groups: Sequence[str],
    *,
    folds: int = 5,
    repeats: int = 3,
    least: int = 3,
    seed: int = 0,
    learner: Learner | None = None,
) -> OutOfFold:
    """Return probabilities averaged over `repeats` divisions into `folds`, of `learner` or the learner logistic.

    Groups, and rows that are copies of each other, are dealt to one fold; a class needs `least` rows and two such
    units that fall into different folds in every division. Without a `learner` the strength of the regularisation
    is the one of three with the smallest log loss on the first fold of the first division. The order of the rows
    matters only in the last bits: give them by id.
    """
    rows = np.asarray(rows)
    units = _units(rows, groups) if len(rows) else []
    left_out: dict[str, int] = {}
    counts = Counter(labels)
    while True:
        inside = [place for place, label in enumerate(labels) if label not in left_out]
        deals = [dealt([labels[p] for p in inside], [units[p] for p in inside], folds, seed, r) for r in range(repeats)]
        thin = _thin([labels[p] for p in inside], deals, least)
        if not thin:
            break
        left_out |= {label: counts[label] for label in thin}
    places = np.array(inside, np.intp)
    classes = tuple(sorted(set(counts) - set(left_out)))
    codes = np.searchsorted(np.array(classes, np.str_), [labels[p] for p in inside]).astype(np.intp)
    numbers = np.unique([units[p] for p in inside], return_inverse=True)[1].astype(np.intp)
    if len(classes) < FEWEST:
        none = np.zeros(0, np.intp)
        return OutOfFold(classes, none, none, np.zeros((0, len(classes))), none, left_out)
    found = _probabilities(rows[places], codes, len(classes), deals, learner, seed)
    return OutOfFold(classes, places, codes, found, numbers, dict(sorted(left_out.items())))


def _units(rows: Features, groups: Sequence[str]) -> list[str]:
    """Return for each row the name of what must stay together: groups that share a copy are one."""
    keeper, _ = leaders(unit_rows(rows), SAME)
    parent: dict[str, str] = {group: group for group in groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for place, kept in enumerate(keeper):
        one, other = sorted((root(groups[place]), root(groups[int(kept)])))
        parent[other] = one
    return [root(group) for group in groups]


def _thin(labels: Sequence[str], deals: Sequence[Ints], least: int) -> list[str]:
    """Return the classes that some model would have to learn from nothing, or that have too few rows."""
    names, codes = np.unique(np.array(labels, np.str_), return_inverse=True)
    counts = np.bincount(codes, minlength=len(names))
    spread = [[len(np.unique(deal[codes == k])) for k in range(len(names))] for deal in deals]
    return [str(name) for k, name in enumerate(names) if counts[k] < least or min(row[k] for row in spread) < FEWEST]


def _probabilities(
    rows: Features, codes: Ints, n_classes: int, deals: Sequence[Ints], learner: Learner | None, seed: int
) -> Reals:
    fitting, rows = _strongest(rows, codes, deals[0]) if learner is None else learner.prepared(rows)
    found = np.zeros((len(rows), n_classes))
    for turn, deal in enumerate(deals):
        for fold in np.unique(deal):
            out = deal == fold
            fitted = fitting.fit(
                Examples(rows[~out], codes[~out]), None, rng_for(seed, "out of fold", f"{turn}/{fold}")
            )
            found[out] += fitted.scores(Examples(rows[out]))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _strongest(rows: Features, codes: Ints, deal: Ints) -> tuple[Learner, Features]:
    learner, rows = Logistic().prepared(rows)
    return _chosen(learner, rows, codes, deal), rows


def _chosen(learner: Logistic, rows: Features, codes: Ints, deal: Ints) -> Logistic:
    out = deal == deal.min()
    losses = {}
    for strength in STRENGTHS:
        fitted = replace(learner, C=strength).fit(Examples(rows[~out], codes[~out]))
        chances = fitted.chances(rows[out])[np.arange(out.sum()), codes[out]]
        losses[strength] = -float(np.log(np.maximum(chances, 1e-12)).mean())
    return replace(learner, C=min(losses, key=lambda strength: losses[strength]))
