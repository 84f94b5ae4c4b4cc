"""What every learner of classes on frozen features does alike: rows checked, soft labels, one class, calibration."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from shisaku.learn.calibration import Calibrate, Calibration, Decide, calibration, softmax
from shisaku.learn.examples import Examples, Labels, Reals, numbers_only
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import RowTransform, transform_rows
from shisaku.learn.soft import one_label_each


@dataclass(frozen=True, slots=True)
class Decided:
    """What was trained: `decide` maps rows [n, d] to [n, K], higher for a likelier class, classes sorted."""

    decide: Decide
    converged: bool = True


@dataclass(frozen=True, slots=True)
class FittedClassifier:
    """A trained classifier of the `classes` seen (one class: always that one)."""

    classes: Labels
    decide: Decide
    transform: RowTransform
    converged: bool = True
    calibration: Calibration | None = None
    at_edge: bool = False

    def scores(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities: calibrated, or the softmax of the decisions."""
        if not len(rows):
            return np.zeros((0, len(self.classes)))
        with one_thread(), _as_checked():
            decisions = self.decide(transform_rows(rows.x, self.transform))
        return softmax(decisions) if self.calibration is None else self.calibration.chances(decisions)


def fit_classes(
    train: Examples, who: str, transform: RowTransform, calibrate: Calibrate, build: Callable[[Examples], Decided]
) -> FittedClassifier:
    """Train with `build`, which gets transformed rows of two classes or more, one label and a positive weight each.

    One class only gives a model that always says it. Raises DataError for no rows, or features that are not finite.
    """
    rows = trainable(train, who)
    rows = rows.seen(transform_rows(rows.x, transform))
    classes = np.unique(rows.y)
    if len(classes) == 1:
        return FittedClassifier(classes, lambda x: np.zeros((len(x), 1)), transform)
    with one_thread(), _as_checked():
        decided = build(rows)
        curves = calibration(rows, calibrate, lambda inside: build(inside).decide)
    return FittedClassifier(classes, decided.decide, transform, decided.converged, curves)


def trainable(train: Examples, who: str) -> Examples:
    """Return the rows with a positive weight, one label each.

    Rows without groups are a group each, so that one which stands under several labels stays whole. Raises DataError
    for no rows, or numbers that are not finite.
    """
    numbers_only(train, who)
    whole = train if train.groups else replace(train, groups=tuple(f"{i}" for i in range(len(train))))
    return one_label_each(whole if whole.weight.all() else whole.take(whole.weight > 0))


def per_class(decision: Reals) -> Reals:
    """Return [n, K] decisions, where scikit-learn keeps one number for two classes."""
    return np.column_stack([-decision, decision]) if decision.ndim == 1 else decision


def seed_of(rng: np.random.Generator | None) -> int:
    """Return a seed for scikit-learn, 0 where nothing is given to draw from."""
    return 0 if rng is None else int(rng.integers(2**31))


@contextmanager
def _as_checked() -> Iterator[None]:
    """Numbers were checked by `numbers_only`, and what did not converge is kept as `converged`."""
    from sklearn import config_context
    from sklearn.exceptions import ConvergenceWarning

    with config_context(assume_finite=True), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="The number of unique classes")  # one voice per word
        yield
