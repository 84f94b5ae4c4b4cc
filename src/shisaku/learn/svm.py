"""Support vector machines, linear or with a Gaussian kernel, with chances that were calibrated outside of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from shisaku.learn.calibration import Calibrate
from shisaku.learn.classifier import Decided, FittedClassifier, fit_classes, per_class, seed_of
from shisaku.learn.examples import Examples
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.rows import RowTransform
from shisaku.message import say

Kernel = Literal["linear", "rbf"]


@dataclass(frozen=True, slots=True)
class Svm(Calibrated):
    """A support vector machine (liblinear one-vs-rest; with ``rbf`` libsvm, one-vs-one), one thread per fit.

    `C` is the inverse of the regularisation; as in `logistic` a row with weight k equals k copies of it. `gamma` 0 is
    one over the number of features times their variance. Scores are chances by `calibrate`, on grouped out-of-fold
    decisions of training rows; libsvm's own chances are never used: their folds know no groups.
    """

    kernel: Kernel = "linear"
    C: float = 1.0
    gamma: float = 0.0
    max_iter: int = 10_000
    transform: RowTransform = "sqrt_l2"
    calibrate: Calibrate = "sigmoid"

    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        numbers = self.C > 0 and self.gamma >= 0 and self.max_iter >= 1 and self.kernel in ("linear", "rbf")
        self.settled(
            numbers,
            say(
                "The learner svm needs C > 0, gamma >= 0, max_iter >= 1, the kernel linear or rbf, a known "
                "transform and a known calibration"
            ),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Train to convergence; liblinear visits rows in an order from `rng`. Raises DataError for bad rows."""
        seed = seed_of(rng)
        return fit_classes(train, "svm", self.transform, self.calibrate, lambda rows: self._build(rows, seed))

    def _build(self, rows: Examples, seed: int) -> Decided:
        from sklearn.svm import SVC, LinearSVC

        model: Any
        if self.kernel == "linear":
            model = LinearSVC(C=self.C, max_iter=self.max_iter, random_state=seed)
        else:
            model = SVC(C=self.C, gamma=self.gamma or "scale", max_iter=self.max_iter)
        model.fit(rows.x.astype(np.float64), rows.y, sample_weight=rows.weight)
        converged = bool(np.max(model.n_iter_) < self.max_iter)
        return Decided(
            lambda x: per_class(np.asarray(model.decision_function(x.astype(np.float64)), np.float64)), converged
        )
