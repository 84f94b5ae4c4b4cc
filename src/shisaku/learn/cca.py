"""Regularised canonical correlation: features and targets meet in a space that both are mapped to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, RecipeError
from shisaku.learn.examples import Examples, Features, Labels, Reals, numbers_only
from shisaku.learn.learner import Answers
from shisaku.learn.on_rows import OnRows
from shisaku.learn.one_thread import one_thread
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import say

GRID = tuple(float(10.0**step) for step in range(-4, 4))
RANK = 1e-10  # singular values below this share of the largest are rounding


@dataclass(frozen=True, slots=True)
class Side:
    """What maps one side [n, d] to the shared space: its mean [d] and its directions [d, k]."""

    mean: Reals
    into: Reals

    def __call__(self, rows: Features) -> Reals:
        """Return [n, k]."""
        return np.asarray((rows - self.mean) @ self.into, np.float64)


@dataclass(frozen=True, slots=True)
class FittedCca:
    """Two maps into one space; `correlations` [k] belong to its axes, each of which counts by its correlation."""

    features: Side
    targets: Side
    correlations: Reals
    transform: RowTransform
    strength: float
    at_edge: bool
    converged: bool = True
    classes: Labels = field(default_factory=lambda: np.zeros(0, np.intp))

    def scores(self, rows: Examples) -> Reals:
        """Return [n, k]: where each row lies in the shared space."""
        return self.features(transform_rows(rows.x, self.transform)) * np.sqrt(self.correlations)

    def aim(self, targets: Features) -> Reals:
        """Return [n, k]: where each target lies in the shared space."""
        return self.targets(targets) * np.sqrt(self.correlations)


@dataclass(frozen=True, slots=True)
class Cca(OnRows):
    """Canonical correlation analysis with ridge on both sides, in closed form (Hardoon et al., Neural Comp. 2004).

    The penalty is a strength of `grid` times the mean variance of a side's axes, the same on both; it is the one with
    the best mean reciprocal rank of a held-out row's own target among those of other groups, ties to the stronger.
    Weights count by their ratios: k copies of every row give the same map. `dims` axes are kept (0: all there are).
    """

    grid: tuple[float, ...] = GRID
    dims: int = 0
    folds: int = 3
    transform: RowTransform = "none"

    answers: ClassVar[Answers] = "map"
    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        numbers = self.grid and min(self.grid) > 0 and self.dims >= 0 and self.folds >= 2
        if not (numbers and self.transform in ROW_TRANSFORMS):
            raise RecipeError(
                say("The learner cca needs positive strengths, dims >= 0, two folds or more and a known transform"),
                where=f"learner: {self}",
                next=say("Transforms are {known}", known=", ".join(ROW_TRANSFORMS)),
            )

    def fit(self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None) -> FittedCca:
        """Train on rows and their targets; rows of one group are held out together.

        Raises DataError for no rows, numbers that are not finite, or a side on which all rows are equal.
        """
        numbers_only(train, "cca")
        train = train.take(train.weight > 0)
        train = train.seen(transform_rows(train.x, self.transform))
        with one_thread():
            strength = self._strength(train)
            features, targets, correlations = _Spread.of(train).joined(strength, self.dims)
        ends = (min(self.grid), max(self.grid))
        at_edge = len(self.grid) > 1 and strength in ends
        return FittedCca(features, targets, correlations, self.transform, strength, at_edge)

    def _strength(self, train: Examples) -> float:
        names = sorted(set(train.groups))
        if len(self.grid) == 1 or len(names) < 2:
            return self.grid[0]
        group = np.searchsorted(np.array(names, np.str_), np.array(train.groups, np.str_))
        found = dict.fromkeys(sorted(self.grid, reverse=True), 0.0)
        for one in range(min(self.folds, len(names))):
            out = group % self.folds == one
            held_out, inside = train.take(out), train.take(~out)
            if not (np.ptp(inside.x, axis=0).any() and np.ptp(inside.targets, axis=0).any()):
                continue
            spread = _Spread.of(inside)
            for strength in found:
                features, targets, correlations = spread.joined(strength, self.dims)
                weight = np.sqrt(correlations)
                cosines = _unit(features(held_out.x) * weight) @ _unit(targets(held_out.targets) * weight).T
                found[strength] += float(held_out.weight @ _reciprocal_ranks(cosines, group[out]))
        return max(found, key=lambda strength: round(found[strength], 12))


@dataclass(frozen=True, slots=True)
class _Spread:
    """Both sides of training rows, turned to their principal axes once for all strengths.

    `axes` are the directions [d, r] of a side, `variance` [r] lies along them, `cross` [r, r'] is the covariance of
    the features' axes with the targets'.
    """

    means: tuple[Reals, Reals]
    axes: tuple[Reals, Reals]
    variance: tuple[Reals, Reals]
    cross: Reals

    @classmethod
    def of(cls, rows: Examples) -> _Spread:
        share = rows.weight / rows.weight.sum()
        parts = [_principal(np.asarray(side, np.float64), share) for side in (rows.x, rows.targets)]
        (mean, left, size, axes), (aim, right, height, lines) = parts
        return cls((mean, aim), (axes, lines), (size**2, height**2), size[:, None] * (left.T @ right) * height)

    def joined(self, strength: float, dims: int) -> tuple[Side, Side, Reals]:
        """Return both maps and the correlations: an SVD of the whitened cross-covariance."""
        white = [1 / np.sqrt(variance + strength * variance.mean()) for variance in self.variance]
        left, correlations, right = np.linalg.svd(white[0][:, None] * self.cross * white[1], full_matrices=False)
        k = min(dims or len(correlations), len(correlations))
        features = Side(self.means[0], self.axes[0] @ (white[0][:, None] * left[:, :k]))
        targets = Side(self.means[1], self.axes[1] @ (white[1][:, None] * right[:k].T))
        return features, targets, correlations[:k]


def _principal(rows: Reals, share: Reals) -> tuple[Reals, Reals, Reals, Reals]:
    """Return the weighted mean, and U [n, r], s [r], V [d, r] of the weighted centred rows."""
    mean = np.asarray(share @ rows, np.float64)
    left, size, right = np.linalg.svd((rows - mean) * np.sqrt(share)[:, None], full_matrices=False)
    kept = size > RANK * max(float(size.max(initial=0.0)), float(np.abs(mean).max(initial=0.0)))
    if not kept.any():
        raise DataError(
            say("All training rows, or all their targets, are equal: there is nothing to correlate"),
            where="learner cca",
            next=say("Check the features and the target of the study"),
        )
    return mean, left[:, kept], size[kept], right[kept].T


def _reciprocal_ranks(cosines: Reals, group: npt.NDArray[np.intp]) -> Reals:
    """Return [n] one over the rank of each row's own target among those of other groups; a tie counts against it."""
    own = np.diag(cosines)[:, None]
    before = ((cosines >= own) & (group[:, None] != group)).sum(axis=1)
    return np.asarray(1 / (1 + before), np.float64)


def _unit(rows: Reals) -> Reals:
    return np.asarray(transform_rows(rows, "l2"), np.float64)
