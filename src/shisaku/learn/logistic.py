"""Multinomial logistic regression on frozen features: the student of every study by default."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, RecipeError
from shisaku.learn.learner import Features, Labels
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class FittedLogistic:
    """Coefficients [K, d] and intercepts [K] of the classes seen (K = 1: always that class)."""

    classes: Labels
    coefficients: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]
    transform: RowTransform
    converged: bool
    centre: npt.NDArray[np.float64] | None = None

    def predict_proba(self, x: Features) -> npt.NDArray[np.float64]:
        """Return [n, K] class probabilities of rows `x` [n, d]."""
        if len(self.classes) == 1:
            return np.ones((len(x), 1))
        rows = transform_rows(x, self.transform)
        if self.centre is not None:
            rows = rows - self.centre.astype(rows.dtype, copy=False)
        # In the rows' own precision: widening them would cost more than the product.
        logits = (rows @ self.coefficients.T.astype(rows.dtype, copy=False)).astype(np.float64) + self.intercepts
        logits = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(logits / logits.sum(axis=1, keepdims=True), dtype=np.float64)

    def predict(self, x: Features) -> Labels:
        """Return the most probable class of each row; ties go to the class that sorts first."""
        best: Labels = self.classes[self.predict_proba(x).argmax(axis=1)]
        return best


@dataclass(frozen=True, slots=True)
class Logistic:
    """L2-regularised logistic regression (scikit-learn, L-BFGS), deterministic, one thread per fit.

    `C` is the inverse of the regularisation; `transform` is applied to each row first, then, with `centre`, the
    weighted mean of the training rows is taken from every row (features of one network often share most of their
    length). The sum of weights matters, not only their ratio: k copies of a row equal that row with weight k.
    """

    C: float = 30.0
    max_iter: int = 300
    tol: float = 1e-3
    transform: RowTransform = "sqrt_l2"
    centre: bool = False

    def __post_init__(self) -> None:
        if not (self.C > 0 and self.max_iter >= 1 and self.tol > 0 and self.transform in ROW_TRANSFORMS):
            raise RecipeError(
                say("The learner logistic needs C > 0, max_iter >= 1, tol > 0 and a known transform"),
                where=f"learner: {self}",
                next=say("Transforms are {known}", known=", ".join(ROW_TRANSFORMS)),
            )

    def prepared(self, x: Features) -> tuple[Logistic, Features]:
        """Transform rows once for many fits."""
        return replace(self, transform="none"), transform_rows(x, self.transform)

    def fit(self, x: Features, y: Labels, sample_weight: npt.NDArray[np.float64] | None = None) -> FittedLogistic:
        """Train on `x` [n, d], labels `y` [n]; rows of weight 0 do not exist.

        One class only gives a model that always says it. Raises DataError for no rows, lengths that do not
        match, or features that are not finite.
        """
        labels = np.asarray(y)
        weights = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        _check(x, labels, weights)
        if not weights.all():
            x, labels, weights = x[weights > 0], labels[weights > 0], weights[weights > 0]
        classes = np.unique(labels)
        if len(classes) == 1:
            width = x.shape[1]
            return FittedLogistic(classes, np.zeros((1, width)), np.zeros(1), self.transform, True)
        return self._fit(transform_rows(x, self.transform), labels, weights)

    def _fit(self, rows: Features, labels: Labels, weights: npt.NDArray[np.float64]) -> FittedLogistic:
        from sklearn import config_context
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=self.C, max_iter=self.max_iter, tol=self.tol)
        checked = config_context(assume_finite=True, skip_parameter_validation=True)
        centre = np.asarray(np.average(rows, axis=0, weights=weights), np.float64) if self.centre else None
        if centre is not None:
            rows = rows - centre.astype(rows.dtype, copy=False)
        with one_thread(), checked, warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # kept as `converged`
            warnings.filterwarnings("ignore", message="The number of unique classes")  # one voice per word
            model.fit(rows, labels, sample_weight=weights)
        coefficients, intercepts = np.asarray(model.coef_, np.float64), np.asarray(model.intercept_, np.float64)
        if len(model.classes_) == 2:  # scikit-learn keeps one row of log odds for two classes
            coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
            intercepts = np.concatenate([np.zeros(1), intercepts])
        converged = bool(np.max(model.n_iter_) < self.max_iter)
        return FittedLogistic(model.classes_, coefficients, intercepts, self.transform, converged, centre)


def _check(x: Features, labels: Labels, weights: npt.NDArray[np.float64]) -> None:
    if x.ndim != 2 or not len(x) == len(labels) == len(weights):
        raise DataError(
            say("{rows} feature rows, {labels} labels and {weights} weights do not match",
                rows=len(x), labels=len(labels), weights=len(weights)),
            where="learner logistic",
        )  # fmt: skip
    if not (weights > 0).any():
        raise DataError(
            say("There is nothing to train on: no row has a positive weight"),
            where="learner logistic",
            next=say("Check that the arm's stream has samples whose parents are training items"),
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all() and np.isfinite(x).all()):
        raise DataError(
            say("Features and weights must be finite numbers, and weights not negative"),
            where="learner logistic",
            next=say("Look for NaN in the embedding step"),
        )
