"""The kernel distance (KID) between real and made samples."""

from __future__ import annotations

import math
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
from shisaku.stats.kernel_distance import cubic, unbiased_mmd
from shisaku.stats.two_sample import drawn_entities

NORMAL = 1.959964  # quantile of the two-sided 95 % interval


@dataclass(frozen=True)
class KernelDistance(SetJudge):
    """Score a made sample by the share of real samples that are as near to the made set, or nearer.

    `raw` is the mean kernel of its features with the other made ones less that with the real ones (the witness function
    of Gretton et al., JMLR 2012), the kernel being (x'y / d + 1)^3. The finding is KID (Binkowski et al., ICLR 2018):
    the unbiased MMD^2 under that kernel, the mean over `subsets` random subsets of either side of
    min(`subset_size`, n / 2) samples, entities kept together. It can be a little below 0. Interval: 95 %, normal, by
    subsampling (Politis and Romano 1994): the variance between subsets of m, times m / (n - m), and its share for the
    number of subsets. ``warn`` where its lower end is above 0; the same for classes with `at_least` on both sides
    (table).

    What it finds: two halves of 800 digits (features: pixels), one of them with 5 % less contrast, in 16 of 20
    repeats, 10 % in all; with 40 % of one half replaced by copies of five, in 10 of 10 (20 %: 5); with five of ten
    classes left out, in 10 of 10 (three: 4). Two halves as they are: no alarm in 40 (95 %: 0 to 9 %).
    When it hurts: the kernel is not bounded: few rows of great length decide. Values compare within one extractor only.

    Example::

        - {name: kid, op: dataset.kid, from: made_features, reference: real_features, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.kid"
    thresholds: ClassVar[frozenset[str]] = frozenset({"transform", "at_least", "subsets", "subset_size", "seed"})

    at_least: int = 50
    subsets: int = 50
    subset_size: int = 1000

    def __post_init__(self) -> None:
        super().__post_init__()
        within("at_least", self.at_least, 4, 1e9)
        within("subsets", self.subsets, 20, 100_000)
        within("subset_size", self.subset_size, 2, 100_000)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        return witness_scores(self.name, self.sides(state), cubic)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the distance over all and by class, or what it would take to give one."""
        sides = self.sides(state)
        refused = self.too_few(sides, self.at_least)
        if refused is not None:
            return [refused]
        found = self._subsets(sides, "")
        value, low, high = self._read(sides, found)
        rows = [self._row("", sides, found)]
        for label in sides.classes(self.at_least):
            some = sides.of_class(label)
            rows.append(self._row(label, some, self._subsets(some, label)))
        weight: Weight = "warn" if low > 0.0 else "note"
        what = say(
            "KID of {part}: {value:.4g} [{low:.4g}, {high:.4g}] over {subsets} subsets of {size} of {real} real and "
            "{made} made samples",
            part=self.features,
            value=value,
            low=low,
            high=high,
            subsets=len(found),
            size=self._size(sides),
            real=len(sides.real),
            made=len(sides.made),
        )
        then = say("Look at what tells made from real: dataset.two_sample shows it") if weight == "warn" else None
        return [Finding("kid", what, weight, value, low, high, sides.n, then, (), tuple(rows))]

    def _size(self, sides: Sides) -> int:
        return min(self.subset_size, sides.n // 2)

    def _subsets(self, sides: Sides, label: str) -> npt.NDArray[np.float64]:
        rng = rng_for(self.seed, self.name, label)
        size = self._size(sides)
        found = np.empty(self.subsets)
        for place in range(self.subsets):
            real, made = (side.rows[drawn_entities(side.entities, size, rng)] for side in (sides.real, sides.made))
            found[place] = unbiased_mmd(real, made)
        return found

    def _row(self, label: str, sides: Sides, found: npt.NDArray[np.float64]) -> dict[str, Any]:
        value, low, high = self._read(sides, found)
        n = {"real": len(sides.real), "made": len(sides.made), "size": self._size(sides)}
        return {"class": label, **n, "kid": value, "low": low, "high": high}

    def _read(self, sides: Sides, found: npt.NDArray[np.float64]) -> tuple[float, float, float]:
        size = self._size(sides)
        variance = float(found.var(ddof=1)) * (size / (sides.n - size) + 1.0 / len(found))
        value, reach = float(found.mean()), NORMAL * math.sqrt(variance)
        return value, value - reach, value + reach
