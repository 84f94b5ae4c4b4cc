"""The reliability table: what happened where a probability was stated, bin by bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.calibration_error import BINS, binned
from shisaku.stats.rate import LEVEL, Rate, rate


@dataclass(frozen=True, slots=True)
class Bin:
    """Items with probabilities from `low` to `high`: what was `stated` on average, and the rate that `happened`."""

    low: float
    high: float
    stated: float
    happened: Rate

    @property
    def off(self) -> bool:
        """Whether the interval of what happened leaves out what was stated."""
        return not self.happened.low <= self.stated <= self.happened.high


def reliability(
    stated: npt.ArrayLike,
    happened: npt.ArrayLike,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    bins: int = BINS,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Bin, ...]:
    """Return bins of equal count in rising order, as `calibration_error` takes them, each with its own interval.

    With many bins one interval or another leaves out what is right; `calibration_error` tests them together.
    """
    p, y, home = binned(stated, happened, bins)
    group, found = group_codes(groups, len(p)), []
    for place in range(int(home.max()) + 1):
        inside = home == place
        here, seen = p[inside], rate(y[inside] > 0, group[inside], level, seed)
        found.append(Bin(float(here.min()), float(here.max()), float(here.mean()), seen))
    return tuple(found)
