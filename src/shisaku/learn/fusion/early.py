"""All views side by side in one model, the missing ones filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shisaku.learn.examples import Examples, Features, Labels, Reals
from shisaku.learn.fusion.experts import fitted
from shisaku.learn.fusion.views import present, spans
from shisaku.learn.logistic import FittedLogistic, Logistic
from shisaku.learn.ridge import FittedRidge, Ridge
from shisaku.learn.row_space import row_space, widened

Completion = Literal["mean", "zero", "ridge"]
STRENGTHS = tuple(float(10.0**step) for step in range(-5, 2))  # of the ridge that completes


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for a missing view: `means` [d] of all columns, and a map from the other views where there is one."""

    means: Reals
    maps: Mapping[str, FittedRidge]

    def filled(self, rows: Examples) -> Features:
        """Return the rows [n, d] without a NaN: first the means, then each missing view from what else is there."""
        there = present(rows)
        x = _with_means(rows, self.means)
        done = x.copy()
        for place, (name, (start, end)) in enumerate(spans(rows).items()):
            away = ~there[:, place] & there.any(axis=1)
            if name in self.maps and away.any():
                others = np.delete(x[away], np.s_[start:end], axis=1)
                done[away, start:end] = self.maps[name].scores(Examples(others))
        return done


def filling(train: Examples, complete: Completion) -> Filling:
    """Learn from training rows alone what stands for a missing view: nothing, its weighted mean, or a ridge map.

    The map's strength is chosen on held-out groups. A view without a row that has another view too is filled with its
    mean, one that no row has with zeros.
    """
    there, x = present(train), train.x
    means = np.zeros(x.shape[1])
    if complete == "zero":
        return Filling(means, {})
    for (start, end), held in zip(spans(train).values(), there.T, strict=True):
        if held.any():
            means[start:end] = np.average(x[held, start:end], axis=0, weights=train.weight[held])
    maps = {}
    groups = train.groups or tuple(f"{row:09d}" for row in range(len(train)))
    known = _with_means(train, means)
    for place, (name, (start, end)) in enumerate(spans(train).items()) if complete == "ridge" else ():
        both = np.flatnonzero(there[:, place] & (there.sum(axis=1) > 1))
        if len(both):
            others = np.delete(known[both], np.s_[start:end], axis=1)
            maps[name] = _map(others, x[both, start:end], train.weight[both], tuple(groups[i] for i in both))
    return Filling(means, maps)


def _map(rows: Features, targets: Features, weight: Reals, groups: tuple[str, ...]) -> FittedRidge:
    """Return the ridge map from rows to targets, both learnt in the spaces that they span."""
    (few, basis), (aims, aim) = row_space(rows), row_space(targets)
    found = Ridge(grid=STRENGTHS).fit(Examples(few, weight=weight, targets=aims, groups=groups))
    there = found.coefficients, found.intercepts
    slope, base = there if aim is None else (aim @ there[0], aim @ there[1])
    return replace(found, coefficients=widened(slope, basis), intercepts=base)


def _with_means(rows: Examples, means: Reals) -> Features:
    x = rows.x.copy()
    for (start, end), there in zip(spans(rows).values(), present(rows).T, strict=True):
        x[~there, start:end] = means[start:end]
    return x


@dataclass(frozen=True, slots=True)
class Joined:
    """One model of all views; `told` are the views of which a column says that they are missing."""

    model: FittedLogistic
    filling: Filling
    told: tuple[int, ...]
    shares: Reals

    @property
    def classes(self) -> Labels:
        """The labels seen in training, sorted."""
        return self.model.classes

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        return self.model.converged

    def chances(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities; the shares of training for a row without any view."""
        there = np.any(present(rows), axis=1, keepdims=True)
        return np.where(there, self.model.chances(_beside(rows, self.filling, self.told)), self.shares)


def joined(
    train: Examples, base: Logistic, complete: Completion, dropout: float, rng: np.random.Generator | None
) -> Joined:
    """Train one model on filled rows, `dropout` of which are shown again with a view missing."""
    fill = filling(train, complete)
    shown = _again(train, dropout, rng or np.random.default_rng(0)) if dropout else train
    # A view that dropout hides is hidden at random: of a few rows per class a column for it would learn chance.
    there = present(train)
    told = tuple(int(place) for place in np.flatnonzero(there.any(axis=0) & ~there.all(axis=0)))
    model = fitted(base, shown.seen(_beside(shown, fill, told)))
    shares = np.array([train.weight[train.y == label].sum() for label in model.classes]) / train.weight.sum()
    return Joined(model, fill, told, shares)


def _again(train: Examples, dropout: float, rng: np.random.Generator) -> Examples:
    """Return the rows, and that share of those with two views or more again without one; the two share the weight."""
    there = present(train)
    several = np.flatnonzero(there.sum(axis=1) > 1)
    chosen = np.sort(rng.permutation(several)[: round(dropout * len(several))])
    many = train.take(np.concatenate([np.arange(len(train)), chosen]))
    x, weight = many.x.copy(), many.weight.copy()
    weight[chosen] /= 2
    weight[len(train) :] /= 2
    columns = list(spans(train).values())
    for row, source in enumerate(chosen, start=len(train)):
        start, end = columns[rng.choice(np.flatnonzero(there[source]))]
        x[row, start:end] = np.nan
    return Examples(
        x, many.y, weight, made=many.made, targets=many.targets, groups=many.groups, ids=many.ids, views=many.views
    )


def _beside(rows: Examples, fill: Filling, told: tuple[int, ...]) -> Features:
    away = ~present(rows)[:, list(told)]
    return np.concatenate([fill.filled(rows), away.astype(rows.x.dtype)], axis=1)
