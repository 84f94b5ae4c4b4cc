"""How far the share of one kind of item differs between two sets whose items come in entities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.intp]
Hits = npt.NDArray[np.bool_]
STEPS = 60


@dataclass(frozen=True, slots=True)
class Shift:
    """The share in one set less that in the other, with its interval and the p of no difference."""

    share: float
    other: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Shares:
    """A share and the number of independent items that it is worth."""

    share: float
    n: float

    def wilson(self, z: float) -> tuple[float, float]:
        """Return the score interval (Wilson 1927) at z standard errors."""
        centre = (self.share + z * z / (2 * self.n)) / (1 + z * z / self.n)
        spread = self.share * (1 - self.share) / self.n + z * z / (4 * self.n**2)
        half = z * math.sqrt(max(0.0, spread)) / (1 + z * z / self.n)
        return max(0.0, centre - half), min(1.0, centre + half)


def shift(hits: Hits, other: Hits, units: Codes, other_units: Codes, level: float = 0.95) -> Shift:
    """Return how far the share of `hits` lies above that of `other`, both not empty; units are codes of entities.

    The interval is Newcombe's (Statistics in Medicine 17:873, 1998, method 10, from two score intervals). Every set
    counts as many items as it is worth: their number over the design effect of its entities (Kish 1965), between the
    number of entities and that of items. p is the level at which that interval just reaches 0.
    """
    one, two = _worth(hits, units), _worth(other, other_units)
    difference = one.share - two.share
    low, high = _newcombe(one, two, NormalDist().inv_cdf((1.0 + level) / 2.0))
    if difference == 0:
        return Shift(one.share, two.share, 0.0, low, high, 1.0)
    least, most = 0.0, 40.0
    for _ in range(STEPS):
        z = (least + most) / 2.0
        ends = _newcombe(one, two, z)
        least, most = (least, z) if ends[0] <= 0.0 <= ends[1] else (z, most)
    return Shift(one.share, two.share, difference, low, high, math.erfc(least / math.sqrt(2.0)))


def _worth(hits: Hits, units: Codes) -> Shares:
    n, share = len(hits), float(hits.mean())
    sums = np.bincount(units, weights=hits - share)
    counts = np.bincount(units)
    entities = int((counts > 0).sum())
    plain = n * share * (1.0 - share)
    if plain <= 0.0 or entities < 2:
        return Shares(share, float(entities))
    effect = entities / (entities - 1) * float(sums @ sums) / plain
    return Shares(share, float(np.clip(n / max(effect, 1e-12), min(entities, n), n)))


def _newcombe(one: Shares, two: Shares, z: float) -> tuple[float, float]:
    low, high = one.wilson(z)
    other_low, other_high = two.wilson(z)
    difference = one.share - two.share
    below = math.hypot(one.share - low, other_high - two.share)
    above = math.hypot(high - one.share, two.share - other_low)
    return difference - below, difference + above
