"""What an investment earns: net present value, return, payback, and the volume from which on it pays.

Everything takes and gives arrays, the last axis being years (or other periods) 1 to T: one row per draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import Floats
from shisaku.stats.rate import LEVEL, Rate, rate


@dataclass(frozen=True, slots=True)
class CashFlow:
    """What is `invested` [...] at the start, what each period brings in net [..., T], and the `interest` per period."""

    invested: Floats
    net: Floats
    interest: Floats

    @classmethod
    def of(cls, invested: npt.ArrayLike, net: npt.ArrayLike, interest: npt.ArrayLike) -> CashFlow:
        """Check the numbers and keep them; `net` is benefit less running cost of every period.

        Raises ValueError for no period, an investment below 0, an interest of -1 or less, or what is not finite.
        """
        start, flow = np.asarray(invested, dtype=np.float64), np.asarray(net, dtype=np.float64)
        percent = np.asarray(interest, dtype=np.float64)
        if flow.ndim < 1 or not flow.shape[-1]:
            raise ValueError("a cash flow needs one period or more")
        if not all(np.isfinite(one).all() for one in (start, flow, percent)):
            raise ValueError("amounts and interest must be finite")
        if (start < 0).any() or (percent <= -1).any():
            raise ValueError("an investment must be 0 or more, and interest above -1")
        shape = np.broadcast_shapes(start.shape, flow.shape[:-1], percent.shape)
        periods = flow.shape[-1]
        return cls(
            np.broadcast_to(start, shape), np.broadcast_to(flow, (*shape, periods)), np.broadcast_to(percent, shape)
        )

    def present(self) -> Floats:
        """Return what each period's net is worth at the start: net / (1 + i)^t."""
        periods = np.arange(1, self.net.shape[-1] + 1)
        found: Floats = self.net / (1.0 + self.interest[..., None]) ** periods
        return found

    def npv(self) -> Floats:
        """Return the net present value: the sum of what periods are worth at the start, less the investment."""
        found: Floats = self.present().sum(axis=-1) - self.invested
        return found

    def roi(self) -> Floats:
        """Return the net present value as a share of the investment. Raises ValueError where nothing was invested."""
        if (self.invested == 0).any():
            raise ValueError("nothing was invested, so there is no return on it")
        found: Floats = self.npv() / self.invested
        return found

    def payback(self, discounted: bool = False) -> Floats:
        """Return after how many periods the investment is first earned back, in parts of a period; NaN if never.

        What a period brings is taken to come in evenly. Money that is lost again later is not looked at.
        """
        earned = np.cumsum(self.present() if discounted else self.net, axis=-1)
        before = np.concatenate([np.zeros((*earned.shape[:-1], 1)), earned[..., :-1]], axis=-1)
        back = earned >= self.invested[..., None]
        first = back.argmax(axis=-1)[..., None]
        start, end = (np.take_along_axis(one, first, -1)[..., 0] for one in (before, earned))
        grown = end - start
        part = np.divide(self.invested - start, grown, out=np.zeros_like(grown), where=grown > 0)
        found: Floats = np.where(back.any(axis=-1), first[..., 0] + part, np.nan)
        return np.where(self.invested == 0, 0.0, found)


def annuity(interest: float, periods: int) -> float:
    """Return what 1 in each of the periods is worth at the start. Raises ValueError for no period or interest <= -1."""
    if periods < 1 or not -1.0 < interest < math.inf:
        raise ValueError(f"needs one period or more and interest above -1, got {periods} and {interest}")
    return float(((1.0 + interest) ** -np.arange(1.0, periods + 1)).sum())


def break_even_volume(
    invested: float,
    saving: float,
    running: float = 0.0,
    *,
    fixed: float = 0.0,
    interest: float = 0.0,
    periods: int = 1,
) -> float | None:
    """Return how many items per period it takes for a net present value of 0; None if no number of them does.

    `saving` and `running` are per item, `fixed` per period: V = (I / annuity + fixed) / (saving - running). With one
    period and no interest it is the number of items in all, I / (saving - running). Raises ValueError for an investment
    or a running cost below 0, or what is not finite.
    """
    if not all(math.isfinite(one) for one in (invested, saving, running, fixed)) or min(invested, running, fixed) < 0:
        raise ValueError("investment and running costs must be finite and 0 or more, the saving finite")
    due = invested / annuity(interest, periods) + fixed
    if due == 0:
        return 0.0
    return due / (saving - running) if saving > running else None


def chance_above(values: npt.ArrayLike, least: float = 0.0, level: float = LEVEL) -> Rate:
    """Return the share of drawn values above `least`: a simulation's answer, whose interval is that of its draws alone.

    More draws make it narrower; whether what was put in is right, it does not say.
    """
    drawn = np.asarray(values, dtype=np.float64).ravel()
    if np.isnan(drawn).any():
        raise ValueError("a drawn value is not a number")
    return rate(drawn > least, level=level)
