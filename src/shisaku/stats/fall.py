"""Whether a figure falls from round to round: by a trend, or by one round that lies far below the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shisaku.stats.jackknife import Jackknifed, apart

LEVEL = 0.95
Sign = Literal["", "trend", "step"]


@dataclass(frozen=True, slots=True)
class Fall:
    """What became of a figure over rounds.

    `slope` per round by Theil and Sen with its interval, `p` of no trend against a falling one (None: fewer than four
    rounds), `share` of the first figure that is lost at the `worst` round, `sign` why it counts as a fall.
    """

    slope: float
    low: float
    high: float
    p: float | None
    share: float
    worst: int
    sign: Sign


def fall(rounds: Sequence[int], figures: Sequence[Jackknifed], loss: float, error: float) -> Fall:
    """Return what became of a figure that should not fall.

    ``trend``: Mann-Kendall (exact, one-sided; Mann 1945) has p < `error`, and the line of Theil and Sen (Sen, JASA
    63:1379, 1968) loses more than the share `loss` of its start from the first to the last round. ``step``: a later
    round lies below (1 - `loss`) times the first with the one-sided error `error` / (rounds - 1) by their standard
    errors. Raises ValueError for fewer than two rounds.
    """
    if len(rounds) < 2 or len(rounds) != len(figures):
        raise ValueError(f"needs two rounds or more, got {len(rounds)} and {len(figures)} figures")
    values, first = np.array([one.value for one in figures]), figures[0]
    slope, start, low, high, p = _line(np.asarray(rounds, np.float64), values)
    steps = [apart(one, first, 1.0 - loss) for one in figures[1:]]
    tail = error / len(steps)
    stepped = any(one.value + one.reach(tail) < 0.0 for one in steps)
    trended = p is not None and p < error and slope * (rounds[-1] - rounds[0]) < -loss * abs(start)
    worst = int(np.argmin(values))
    share = float(1.0 - values[worst] / first.value) if first.value else 0.0
    return Fall(slope, low, high, p, share, rounds[worst], "step" if stepped else "trend" if trended else "")


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float, float | None]:
    """Return slope, start, interval of the slope, and p of no fall."""
    if np.ptp(y) == 0.0:
        return 0.0, float(y[0]), 0.0, 0.0, 1.0 if len(x) >= 4 else None
    from scipy.stats import kendalltau, theilslopes

    slope, intercept, low, high = (float(one) for one in theilslopes(y, x, LEVEL))
    p = float(kendalltau(x, y, alternative="less").pvalue) if len(x) >= 4 else None
    return slope, intercept + slope * float(x[0]), low, high, p
