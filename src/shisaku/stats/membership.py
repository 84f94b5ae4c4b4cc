"""How well membership in a training set can be read off what was made from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.proportions import clopper_pearson

FEWEST = 1000  # non-members; of fewer, the share of one in a hundred is a matter of ten items


@dataclass(frozen=True, slots=True)
class AtFewFalse:
    """True-positive rate at a false-positive rate, with the exact interval of the threshold taken as given."""

    value: float
    low: float
    high: float
    false_positives: float


def caught_at(members: npt.ArrayLike, others: npt.ArrayLike, rate: float = 0.01) -> AtFewFalse | None:
    """Return the share of members whose score lies above all but `rate` of the others' (Carlini et al., S&P 2022).

    None with fewer than 1,000 others. A member must lie above the threshold, not at it.
    """
    inside, outside = np.asarray(members, np.float64), np.asarray(others, np.float64)
    if len(outside) < FEWEST or not len(inside):
        return None
    allowed = int(rate * len(outside))
    threshold = np.sort(outside)[::-1][allowed]
    hits = int((inside > threshold).sum())
    low, high = clopper_pearson(hits, len(inside))
    return AtFewFalse(hits / len(inside), low, high, float((outside > threshold).mean()))


def relative_nearness(to_made: npt.ArrayLike, to_real: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return log(distance to the nearest other real item / distance to the nearest made one), higher: nearer to made.

    Dividing by how densely real items lie (as in the calibrated attack of GAN-Leaks, Chen et al., CCS 2020) takes away
    that ordinary items are near to everything. Distances of 0 count as the smallest that there is.
    """
    made, real = np.asarray(to_made, np.float64), np.asarray(to_real, np.float64)
    both = np.concatenate([made, real])
    usual = both[(both > 0) & np.isfinite(both)]
    least = float(usual.min()) / 2.0 if len(usual) else 1.0
    return np.asarray(np.log(np.maximum(real, least)) - np.log(np.maximum(made, least)), np.float64)
