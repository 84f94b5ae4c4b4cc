"""One model per view, what it says of rows that it did not see, and the pool of their log-probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shisaku.learn.examples import Examples, Labels, Reals
from shisaku.learn.fusion.views import Mask, present, spans
from shisaku.learn.logistic import FittedLogistic, Logistic
from shisaku.learn.row_space import row_space, widened

LEAST = 1e-6  # of a chance before its logarithm is taken
Models = tuple[FittedLogistic | None, ...]


@dataclass(frozen=True, slots=True)
class Experts:
    """Models of `classes` [K], one per view (None for a view that no training row has); `shares` [K] of training.

    `held` [m, views, K] are the chances that models of other folds gave the training rows, NaN where a view is missing;
    `truth` [m] are their classes as positions in `classes`, `weight` [m] what they weigh, made rows as in training.
    """

    models: Models
    classes: Labels
    shares: Reals
    held: Reals
    truth: npt.NDArray[np.intp]
    weight: Reals

    @property
    def converged(self) -> bool:
        """Whether every model came to its end."""
        return all(model is None or model.converged for model in self.models)

    def opinions(self, rows: Examples) -> Reals:
        """Return the chances [n, views, K] that each view's model gives; NaN where a view is missing or unknown."""
        return _opinions(self.models, rows, self.classes, self.shares)


def experts(train: Examples, base: Logistic, folds: int) -> Experts:
    """Train one model per view on the rows that have it, and again without each fold of groups."""
    classes, truth = np.unique(train.y, return_inverse=True)
    shares = np.bincount(truth, weights=train.weight) / train.weight.sum()
    held = np.full((len(train), len(spans(train)), len(classes)), np.nan)
    for inside, outside in _folds(train, truth, folds):
        held[outside] = _opinions(_models(train.take(inside), base), train.take(outside), classes, shares)
    return Experts(_models(train, base), classes, shares, held, truth, train.weight)


def _folds(train: Examples, truth: Labels, folds: int) -> Iterator[tuple[Mask, Mask]]:
    """Yield training and held-out rows: groups are dealt in turn, those of one class after each other."""
    groups = train.groups or tuple(f"{row:09d}" for row in range(len(train)))
    first = dict(reversed(list(zip(groups, truth, strict=True))))
    names = sorted(first, key=lambda group: (first[group], group))
    turn = {group: place % folds for place, group in enumerate(names)}
    fold = np.array([turn[group] for group in groups])
    for one in range(folds):
        if (fold == one).any() and (fold != one).any():
            yield fold != one, fold == one


def _models(train: Examples, base: Logistic) -> Models:
    found: list[FittedLogistic | None] = []
    for (start, end), there in zip(spans(train).values(), present(train).T, strict=True):
        rows = train.take(there)
        found.append(fitted(base, rows.seen(rows.x[:, start:end])) if len(rows) else None)
    return tuple(found)


def fitted(base: Logistic, rows: Examples) -> FittedLogistic:
    """Return what `base` learns of rows, from as few columns as there are rows."""
    x, basis = row_space(rows.x)
    model = base.fit(rows.seen(x))
    return replace(model, coefficients=widened(model.coefficients, basis))


def _opinions(models: Sequence[FittedLogistic | None], rows: Examples, classes: Labels, shares: Reals) -> Reals:
    """Return chances [n, views, K]; a class that a view's model never saw keeps its share, the others divide the rest.

    So a view has no say about a class of which it knows nothing, instead of ruling it out.
    """
    found = np.full((len(rows), len(models), len(classes)), np.nan)
    views = zip(models, spans(rows).values(), present(rows).T, strict=True)
    for place, (model, (start, end), there) in enumerate(views):
        if model is None or not there.any():
            continue
        known = np.isin(classes, model.classes)
        said = np.tile(shares, (int(there.sum()), 1))
        said[:, known] = model.chances(rows.x[there, start:end]) * shares[known].sum()
        found[there, place] = said
    return found


@dataclass(frozen=True, slots=True)
class Pool:
    """Log-probabilities averaged over the views that are there, by `weights` [views]; if all of them are 0, alike."""

    experts: Experts
    weights: Reals

    def chances(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities; the shares of training for a row of which no view says anything."""
        said = self.experts.opinions(rows)
        there: Mask = ~np.isnan(said[:, :, 0])
        weight = there * self.weights
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, there)
        weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), LEAST)
        logs = np.einsum("nv,nvk->nk", weight, np.nan_to_num(np.log(np.maximum(said, LEAST))))
        pooled = np.exp(logs - logs.max(axis=1, keepdims=True))
        pooled /= pooled.sum(axis=1, keepdims=True)
        return np.where(np.any(there, axis=1, keepdims=True), pooled, self.experts.shares)


def pool(found: Experts) -> Pool:
    """Weigh every view by the log loss of the class shares minus its own, out of fold and in nats, at least 0."""
    own = np.take_along_axis(found.held, found.truth[:, None, None], axis=2)[:, :, 0]
    prior = -np.log(found.shares[found.truth])
    saved = np.zeros(own.shape[1])
    for view, chance in enumerate(own.T):
        there = ~np.isnan(chance)
        if there.any():
            gain = prior[there] + np.log(np.maximum(chance[there], LEAST))
            saved[view] = max(0.0, float(np.average(gain, weights=found.weight[there])))
    return Pool(found, saved)
