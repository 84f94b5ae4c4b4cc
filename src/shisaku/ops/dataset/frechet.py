"""The Frechet distance between real and made samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.learn.one_thread import one_thread
from shisaku.message import say
from shisaku.ops.dataset.sides import SetJudge, Sides
from shisaku.ops.dataset.standing import share_as_far
from shisaku.ops.limits import within
from shisaku.stats.frechet import GROUPS, Frechet, frechet_of
from shisaku.stats.two_sample import parts_of


@dataclass(frozen=True)
class FrechetDistance(SetJudge):
    """Score a made sample by the share of real samples that lie at least as far from the middle of the real ones.

    Far is the Mahalanobis distance under the real covariance, shrunk (Ledoit and Wolf 2004); `raw` is its square over
    the number of features. The finding is the Frechet distance of the two sets (Heusel et al., NeurIPS 2017; with
    Inception features it is FID, so say whose features it is), at equal n, for classes too where both sides have
    `at_least` of one. The distance is larger the fewer samples there are: it is refused below `at_least` on each side,
    and beside it stands its value at infinitely many (as FID-infinity, Chong and Forsyth, CVPR 2020, by the jackknife).
    Interval: 95 %, Student's t over a jackknife of 10 groups of entities. ``warn`` where the lower end of the
    extrapolated one is above `warn_from` times the total variance of the real features.

    What it finds: two halves of 5,000 MNIST digits (features: pixels), one of them with 5 % less contrast, in 18 of 20
    repeats, 10 % in all; with 5 % of one half replaced by copies of five, in 18 of 20, 10 % in all. Two halves as they
    are: 1 alarm in 40 (95 %: 0 to 13 %).
    When it hurts: it knows means and covariances and nothing else: two sets of other shapes can have the distance 0.
    Only distances of one extractor at one n compare. A copy of the real set is perfect.

    Example::

        - {name: fd, op: dataset.frechet, from: made_features, reference: real_features}
    """

    name: ClassVar[str] = "dataset.frechet"
    thresholds: ClassVar[frozenset[str]] = frozenset({"transform", "at_least", "most", "warn_from", "seed"})

    at_least: int = 2048
    most: int = 50_000
    warn_from: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("at_least", self.at_least, 20, 1e9)
        within("most", self.most, self.at_least, 1e9)
        within("warn_from", self.warn_from, 0.0, 1e9)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        sides = self.sides(state)
        if not len(sides.made):
            return []
        with one_thread():
            real, made = _outlying(sides)
        values = share_as_far(real, made)
        return [
            Score(name, self.name, float(value), float(raw))
            for name, value, raw in zip(sides.made.ids, values, made, strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the distance over all, or what it would take to give one."""
        sides = self.sides(state)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [refused]
        even = sides.drawn(self.most, self.seed, self.name)
        found = self._distance(even)
        reach = _t(GROUPS - 1) * found.error
        low, high = max(0.0, found.value - reach), found.value + reach
        variance = float(even.real.rows.var(axis=0, dtype=np.float64).sum())
        weight: Weight = "warn" if found.limit - reach > self.warn_from * variance else "note"
        rows = [_row("", even.n, found, reach)]
        for label in sides.classes(self.at_least):
            some = sides.of_class(label).drawn(self.most, self.seed, label)
            one = self._distance(some)
            rows.append(_row(label, some.n, one, _t(GROUPS - 1) * one.error))
        what = say(
            "Frechet distance of {part}: {value:.4g} [{low:.4g}, {high:.4g}] at {n} samples on each side, {limit:.4g} "
            "extrapolated to infinitely many",
            part=self.features,
            value=found.value,
            low=low,
            high=high,
            n=even.n,
            limit=found.limit,
        )
        then = say("Look at what tells made from real: dataset.two_sample shows it") if weight == "warn" else None
        return [Finding("frechet", what, weight, found.value, low, high, even.n, then, (), tuple(rows))]

    def _distance(self, sides: Sides) -> Frechet:
        entities = np.concatenate([sides.real.entities, sides.made.entities])
        parts = parts_of(entities, GROUPS, rng_for(self.seed, self.name, "groups"))
        k = len(sides.real)
        with one_thread():
            return frechet_of(sides.real.rows, sides.made.rows, (parts[:k], parts[k:]))


def _outlying(sides: Sides) -> tuple[Any, Any]:
    """Return the squared Mahalanobis distance over d of either side from the mean of the real one."""
    from sklearn.covariance import ledoit_wolf

    real = sides.real.rows.astype(np.float64)
    centre = real.mean(axis=0)
    d = real.shape[1]
    covariance = ledoit_wolf(real)[0] if len(real) > 1 else np.zeros((d, d))
    floor = max(float(np.trace(covariance)) / d, 1e-12) * 1e-6
    half = np.linalg.cholesky(np.linalg.inv(covariance + floor * np.eye(d)))
    far = [np.square((side - centre) @ half).sum(axis=1) / d for side in (real, sides.made.rows.astype(np.float64))]
    return far[0], far[1]


def _row(label: str, n: int, found: Frechet, reach: float) -> dict[str, Any]:
    low, high = max(0.0, found.value - reach), found.value + reach
    return {"class": label, "n": n, "frechet": found.value, "low": low, "high": high, "extrapolated": found.limit}


def _t(df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975))
