"""From what a classifier decides to chances that hold: Platt's sigmoid or isotonic regression, class by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from shisaku.learn.examples import Examples, Features, Labels, Reals
from shisaku.learn.one_thread import one_thread
from shisaku.stats.dealt import dealt

Calibrate = Literal["none", "sigmoid", "isotonic"]
CALIBRATIONS: tuple[Calibrate, ...] = get_args(Calibrate)
FOLDS = 5
FLATTEST = 1e-6  # a curve that would fall is held this flat: a decision never counts against its own class
Decide = Callable[[Features], Reals]


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising curve from decisions to chances: points joined by lines, or with a `slope` a sigmoid."""

    at: Reals
    chance: Reals
    slope: float = 0.0
    base: float = 0.0

    def __call__(self, decision: Reals) -> Reals:
        """Return the chance of each decision [n]."""
        from scipy.special import expit

        if len(self.at):
            return np.interp(decision, self.at, self.chance)
        return np.asarray(expit(self.slope * decision + self.base), np.float64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """One curve per class, learnt against all others (Zadrozny and Elkan, KDD 2002); the chances are scaled to 1."""

    curves: tuple[Curve, ...]

    def chances(self, decisions: Reals) -> Reals:
        """Return [n, K] chances of decisions [n, K]."""
        found = np.column_stack([curve(column) for curve, column in zip(self.curves, decisions.T, strict=True)])
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float64)


def softmax(decisions: Reals) -> Reals:
    """Return [n, K] chances: decisions read as logarithms of chances, but for a constant."""
    grown = np.exp(decisions - decisions.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float64)


def calibration(rows: Examples, kind: Calibrate, build: Callable[[Examples], Decide]) -> Calibration | None:
    """Return what makes chances of the decisions of models that `build` makes, learnt on rows they did not see.

    The rows are dealt to five folds, groups undivided (without groups each row is one). The curves are learnt on real
    rows, whose chances are asked for, where every class has some; else on all. None with ``none``, and where a class
    is in one group alone: nothing could be held out of it.
    """
    if kind == "none":
        return None
    classes = np.unique(rows.y)
    fold = dealt([str(label) for label in rows.y], rows.groups or [str(i) for i in range(len(rows))], FOLDS)
    decisions = np.zeros((len(rows), len(classes)))
    for one in np.unique(fold):
        inside, outside = rows.take(fold != one), fold == one
        if not np.array_equal(np.unique(inside.y), classes):
            return None
        decisions[outside] = build(inside)(rows.x[outside])
    real = ~rows.made if len(rows.made) else np.ones(len(rows), bool)
    asked = real if np.array_equal(np.unique(rows.y[real]), classes) else np.ones(len(rows), bool)
    with one_thread():
        return Calibration(_curves(kind, decisions[asked], rows.y[asked], rows.weight[asked], classes))


def _curves(kind: Calibrate, decisions: Reals, y: Labels, weight: Reals, classes: Labels) -> tuple[Curve, ...]:
    learnt = _sigmoid if kind == "sigmoid" else _isotonic
    return tuple(learnt(decisions[:, k], y == label, weight) for k, label in enumerate(classes))


def _sigmoid(decision: Reals, hit: npt.NDArray[np.bool_], weight: Reals) -> Curve:
    """Platt (1999) with his targets, which are not quite 0 and 1, so that few rows do not make it certain.

    A row with target t is one that hits with weight t and one that misses with weight 1 - t: the same cross-entropy.
    """
    from sklearn.linear_model import LogisticRegression

    hits, misses = float(weight[hit].sum()), float(weight[~hit].sum())
    target = np.where(hit, (hits + 1) / (hits + 2), 1 / (misses + 2))
    spread = float(np.sqrt(np.average((decision - decision.mean()) ** 2, weights=weight))) or 1.0
    twice = np.concatenate([decision, decision])[:, None] / spread
    told = np.arange(len(twice)) < len(decision)
    model: Any = LogisticRegression(C=1e6, tol=1e-8, solver="newton-cholesky")
    model.fit(twice, told, sample_weight=np.concatenate([weight * target, weight * (1 - target)]))
    slope, base = float(model.coef_[0, 0]) / spread, float(model.intercept_[0])
    if slope <= 0:
        mean = float(np.average(target, weights=weight))
        slope, base = FLATTEST / spread, float(np.log(mean / (1 - mean)))
    none = np.zeros(0)
    return Curve(none, none, slope, base)


def _isotonic(decision: Reals, hit: npt.NDArray[np.bool_], weight: Reals) -> Curve:
    """Isotonic regression, held between 1/(n + 2) and its complement: n rows never make certain (Laplace)."""
    from sklearn.isotonic import IsotonicRegression

    least = 1 / (float(weight.sum()) + 2)
    model = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip")
    model.fit(decision, hit.astype(np.float64), sample_weight=weight)
    return Curve(np.asarray(model.X_thresholds_, np.float64), np.asarray(model.y_thresholds_, np.float64))
