"""Maximum mean discrepancy between real and made samples, with a permutation test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.ops.dataset.sides import SetJudge, Sides
from shisaku.ops.dataset.witness import witness_scores
from shisaku.ops.limits import within
from shisaku.stats.holm import holm
from shisaku.stats.kernel_distance import median_distance, quadratic_forms, rbf
from shisaku.stats.two_sample import p_of, permuted_sides

NORMAL = 1.959964  # quantile of the two-sided 95 % interval
SCALE = 1000.0
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """1,000 times the biased MMD^2 with its interval, the p of the permutation test, and the sigma of the kernel."""

    value: float
    low: float
    high: float
    p: float
    sigma: float
    n: int


@dataclass(frozen=True)
class MeanDiscrepancy(SetJudge):
    """Score a made sample by the share of real samples that are as near to the made set, or nearer.

    `raw` is the mean kernel of its features with the other made ones less that with the real ones (the witness function
    of Gretton et al., JMLR 2012), the kernel being exp(-|x - y|^2 / (2 sigma^2)). The finding is the biased
    MMD^2 times 1,000, as in CMMD (Jayasumana et al., CVPR 2024), at equal n, with sigma the median distance of pairs,
    or as given: CMMD itself is ``transform: l2, sigma: 10`` on its own CLIP features. Interval: 95 %, normal, by the
    infinitesimal jackknife over entities; near 0 it is too narrow, and the test decides. p: `draws` permutations of
    who is made, an entity on one side moved whole, one on both sides permuted within itself. ``warn`` where p is below
    `alpha`; the same for classes with `at_least` on both sides (table, those by Holm).

    What it finds: two halves of 800 digits (features: pixels), one of them with 10 % less contrast, in 20 of 20
    repeats (5 %: 15), with 20 % replaced by copies of five in 17 of 20 (10 %: none), with two of ten classes left out
    in 17 of 20 (one: 10). Two halves as they are: no alarm in 20 at `alpha` 0.02, at 0.05 3 of 40.
    When it hurts: with enough samples any difference is significant, however small: read the value. The value is
    comparable within one extractor and one sigma. The kernel of high-dimensional features is nearly flat, and a change
    in few of them is seen late.

    Example::

        - {name: mmd, op: dataset.mmd, from: made_features, reference: real_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.mmd"
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"transform", "at_least", "most", "sigma", "draws", "alpha", "seed"}
    )

    at_least: int = 20
    most: int = 10_000
    sigma: float = 0.0
    draws: int = 200
    alpha: float = 0.02

    def __post_init__(self) -> None:
        super().__post_init__()
        within("at_least", self.at_least, 4, 1e9)
        within("most", self.most, self.at_least, 1e6)
        within("sigma", self.sigma, 0.0, 1e9)
        within("draws", self.draws, 19, 100_000)
        within("alpha", self.alpha, 1e-6, 0.5)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        sides = self.sides(state)
        return witness_scores(self.name, sides, rbf(self._sigma(sides))) if len(sides.made) else []

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the discrepancy over all and by class, or what it would take to give one."""
        sides = self.sides(state)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [refused]
        sigma = self._sigma(sides)
        whole = self._discrepancy(sides, "", sigma)
        classes = sides.classes(self.at_least)
        apart = [self._discrepancy(sides.of_class(label), label, sigma) for label in classes]
        told = [one.rejected for one in holm([one.p for one in apart], self.alpha)]
        rows = tuple(
            {"class": label, "n": one.n, "mmd": one.value, "low": one.low, "high": one.high, "p": one.p,
             "differs": differs, "sigma": one.sigma}
            for label, one, differs in zip(("", *classes), (whole, *apart), (whole.p < self.alpha, *told), strict=True)
        )  # fmt: skip
        weight: Weight = "warn" if whole.p < self.alpha else "note"
        what = say(
            "MMD of {part}: {value:.4g} [{low:.4g}, {high:.4g}] (1,000 times the square, RBF kernel, sigma "
            "{sigma:.4g}) at {n} samples on each side; p = {p:.4f} by {draws} permutations",
            part=self.features,
            value=whole.value,
            low=whole.low,
            high=whole.high,
            sigma=sigma,
            n=whole.n,
            p=whole.p,
            draws=self.draws,
        )
        then = say("Look at what tells made from real: dataset.two_sample shows it") if weight == "warn" else None
        return [Finding("mmd", what, weight, whole.value, whole.low, whole.high, whole.n, then, (), rows)]

    def _sigma(self, sides: Sides) -> float:
        if self.sigma:
            return self.sigma
        pooled = np.concatenate([sides.real.rows, sides.made.rows])
        # Where most rows are equal any sigma does.
        return median_distance(pooled, rng_for(self.seed, self.name, "sigma")) or 1.0

    def _discrepancy(self, sides: Sides, label: str, sigma: float) -> Discrepancy:
        even = sides.drawn(self.most, self.seed, f"{self.name} {label}")
        n = even.n
        rows = np.concatenate([even.real.rows, even.made.rows])
        rows = rows - even.real.rows.mean(axis=0)
        entities = np.concatenate([even.real.entities, even.made.entities])
        made = np.arange(2 * n) >= n
        drawn = permuted_sides(made, entities, rng_for(self.seed, self.name, f"permuted {label}"), self.draws)
        signs = np.concatenate([made[None], drawn]).T
        counts = signs.sum(axis=0)
        weights = np.where(signs, 1.0 / np.maximum(1, counts), -1.0 / np.maximum(1, 2 * n - counts)).astype(rows.dtype)
        forms, along = quadratic_forms(rows, weights, rbf(sigma))
        value = float(max(0.0, forms[0]))
        reach = NORMAL * _error(along, made, entities)
        low, high = max(0.0, value - reach), value + reach
        return Discrepancy(SCALE * value, SCALE * low, SCALE * high, p_of(forms[0], forms[1:]), sigma, n)


def _error(along: Floats, made: npt.NDArray[np.bool_], entities: npt.NDArray[np.intp]) -> float:
    """Return the standard error of w' K w: each row's influence is twice its K w, centred on its own side."""
    influence = np.zeros(len(along))
    for side, sign in ((made, 1.0), (~made, -1.0)):
        influence[side] = sign * 2.0 * (along[side] - along[side].mean()) / side.sum()
    code = np.unique(entities, return_inverse=True)[1].ravel()
    return float(np.sqrt(np.square(np.bincount(code, influence)).sum()))
