"""Multinomial logistic regression on frozen features: the student of every study by default."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.learn.calibration import Calibrate, Calibration, calibration, softmax
from shisaku.learn.classifier import trainable
from shisaku.learn.examples import Examples, Features, Labels, Reals
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import RowTransform, transform_rows
from shisaku.message import say

LEAST = 1e-10  # a slope that rounding alone makes


@dataclass(frozen=True, slots=True)
class FittedLogistic:
    """Coefficients [K, d] and intercepts [K] of the classes seen (K = 1: always that class)."""

    classes: Labels
    coefficients: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]
    transform: RowTransform
    converged: bool
    centre: npt.NDArray[np.float64] | None = None
    calibration: Calibration | None = None
    at_edge: bool = False

    def scores(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities."""
        return self.chances(rows.x)

    def chances(self, x: Features) -> Reals:
        """Return [n, K] class probabilities of rows `x` [n, d]."""
        if len(self.classes) == 1:
            return np.ones((len(x), 1))
        logits = self.decisions(transform_rows(x, self.transform))
        return softmax(logits) if self.calibration is None else self.calibration.chances(logits)

    def decisions(self, rows: Features) -> Reals:
        """Return [n, K] logits of transformed rows [n, d]."""
        if self.centre is not None:
            rows = rows - self.centre.astype(rows.dtype, copy=False)
        # In the rows' own precision: widening them would cost more than the product.
        product = (rows @ self.coefficients.T.astype(rows.dtype, copy=False)).astype(np.float64)
        return np.asarray(product + self.intercepts, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Logistic(Calibrated):
    """L2-regularised logistic regression (scikit-learn, L-BFGS), deterministic, one thread per fit.

    `C` is the inverse of the regularisation; `transform` is applied to each row first, then, with `centre`, the
    weighted mean of the training rows is taken from every row (features of one network often share most of their
    length). Training ends where no slope of the loss is above `tol` times the largest at the start, of a model that
    knows the class shares alone: with a fixed bound, features that hardly differ between classes end it too soon.
    `calibrate` mends chances that are too sure. The sum of weights matters, not only their ratio: k copies of
    a row equal that row with weight k.
    """

    C: float = 30.0
    max_iter: int = 300
    tol: float = 0.03
    transform: RowTransform = "sqrt_l2"
    centre: bool = False
    calibrate: Calibrate = "none"

    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        numbers = self.C > 0 and self.max_iter >= 1 and self.tol > 0
        self.settled(
            numbers,
            say("The learner logistic needs C > 0, max_iter >= 1, tol > 0, a known transform and a known calibration"),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedLogistic:
        """Train to convergence; rows of weight 0 do not exist, and nothing is drawn at random.

        One class only gives a model that always says it. Raises DataError for no rows, or features that are not finite.
        """
        train = trainable(train, "logistic")
        classes = np.unique(train.y)
        if len(classes) == 1:
            width = train.x.shape[1]
            return FittedLogistic(classes, np.zeros((1, width)), np.zeros(1), self.transform, True)
        train = train.seen(transform_rows(train.x, self.transform))
        curves = calibration(train, self.calibrate, lambda inside: self._fit(inside).decisions)
        return replace(self._fit(train), calibration=curves)

    def _fit(self, train: Examples) -> FittedLogistic:
        from sklearn import config_context
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        rows, weights = train.x, train.weight
        checked = config_context(assume_finite=True, skip_parameter_validation=True)
        centre = np.asarray(np.average(rows, axis=0, weights=weights), np.float64) if self.centre else None
        if centre is not None:
            rows = rows - centre.astype(rows.dtype, copy=False)
        tol = self.tol * _slope(rows, train.y, weights)
        model = LogisticRegression(C=self.C, max_iter=self.max_iter, tol=max(tol, LEAST))
        with one_thread(), checked, warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # kept as `converged`
            warnings.filterwarnings("ignore", message="The number of unique classes")  # one voice per word
            model.fit(rows, train.y, sample_weight=weights)
        coefficients, intercepts = np.asarray(model.coef_, np.float64), np.asarray(model.intercept_, np.float64)
        if len(model.classes_) == 2:  # scikit-learn keeps one row of log odds for two classes
            coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
            intercepts = np.concatenate([np.zeros(1), intercepts])
        converged = bool(np.max(model.n_iter_) < self.max_iter)
        return FittedLogistic(model.classes_, coefficients, intercepts, self.transform, converged, centre)


def _slope(rows: Features, labels: Labels, weights: Reals) -> float:
    """Return the largest slope of the mean loss in any coefficient for a model that knows the class shares alone."""
    names, codes = np.unique(labels, return_inverse=True)
    share = weights / weights.sum()
    prior = np.bincount(codes, share, minlength=len(names))
    told = np.zeros((len(rows), len(names)))
    told[np.arange(len(rows)), codes] = 1.0
    slopes = rows.T @ (share[:, None] * (told - prior)).astype(rows.dtype, copy=False)
    return float(np.abs(slopes).max())
