"""What is risked if only the surest answers are given and the rest is left to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.estimate import Floats
from shisaku.stats.jackknife import Jackknifed, jackknife


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The mean loss `risk` [n] of the 1, 2, ... n surest answers at their `coverage` [n].

    `area` under the curve is the mean risk over all coverages, `best` what it would be if the losses were sorted,
    `excess` the difference: what sorting by confidence costs.
    """

    coverage: Floats
    risk: Floats
    area: float
    best: float

    @property
    def excess(self) -> float:
        """The area that a perfect order would save."""
        return self.area - self.best

    def at(self, coverage: float) -> float:
        """Return the risk of the surest share `coverage`, of whole items. Raises ValueError outside (0, 1]."""
        if not 0.0 < coverage <= 1.0:
            raise ValueError(f"coverage must be inside (0, 1], got {coverage}")
        return float(self.risk[int(np.searchsorted(self.coverage, coverage - 1e-12))])


def risk_coverage(losses: npt.ArrayLike, confidence: npt.ArrayLike) -> RiskCoverage:
    """Return the curve of losses (0 and 1, or costs), by falling confidence.

    Area and excess area as in Geifman, Uziel and El-Yaniv (ICLR 2019), with the exact area of the best order in place
    of its limit r + (1 - r) log(1 - r). Answers of equal confidence each bear their mean loss, which is what a random
    order of them has on average. Raises ValueError for a loss that is negative or not a number.
    """
    loss, sure = _checked(losses, confidence)
    values, place, counts = np.unique(-sure, return_inverse=True, return_counts=True)
    mean = np.bincount(place, weights=loss, minlength=len(values)) / counts
    rank = np.arange(1, len(loss) + 1)
    risk: Floats = np.cumsum(np.repeat(mean, counts)) / rank
    best = float((np.cumsum(np.sort(loss)) / rank).mean())
    return RiskCoverage(rank / len(loss), risk, float(risk.mean()), best)


def area_interval(
    losses: npt.ArrayLike,
    confidence: npt.ArrayLike,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    excess: bool = False,
    seed: int = 0,
) -> Jackknifed:
    """Return the area (or the excess area) with its standard error by leaving out groups (`jackknife.jackknife`).

    Raises ValueError for fewer than two groups.
    """
    loss, sure = _checked(losses, confidence)
    names = group_codes(groups, len(loss))
    order = rng_for(seed, "risk_coverage", "").permutation(len(loss))

    def figure(places: npt.NDArray[np.intp]) -> float:
        found = risk_coverage(loss[order[places]], sure[order[places]])
        return found.excess if excess else found.area

    return jackknife([int(name) for name in names[order]], figure)


def _checked(losses: npt.ArrayLike, confidence: npt.ArrayLike) -> tuple[Floats, Floats]:
    loss, sure = np.asarray(losses, dtype=np.float64), np.asarray(confidence, dtype=np.float64)
    if loss.ndim != 1 or not loss.size or loss.shape != sure.shape:
        raise ValueError(f"needs a loss and a confidence per item, got shapes {loss.shape} and {sure.shape}")
    if not np.isfinite(loss).all() or (loss < 0).any() or np.isnan(sure).any():
        raise ValueError("a loss must be 0 or more, and a confidence a number")
    return loss, sure
