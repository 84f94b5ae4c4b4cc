"""What is decided at one look, as the protocol decides it, and when going on is no use any more."""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from shisaku.lab.poc.draws import Floats

FUTILE_BELOW = 0.10
Codes = npt.NDArray[np.int64]


class Call(IntEnum):
    """What a look ended in; `FUTILE` and `OPEN` are ABSTAIN, one before and one at the last look."""

    OPEN = 0
    ADOPT = 1
    HARM = 2
    SMALL = 3
    FUTILE = 4


def called(estimate: Floats, se: Floats, df: Floats, level: float, margin: float) -> Codes:
    """Return the call of the interval alone (protocol P-1): a lower bound above the margin adopts.

    An upper bound under 0 is harm, one under the margin too little; each has the one-sided error `level`.
    """
    from scipy.special import stdtrit

    reach = -stdtrit(df, level) * se
    found = np.full(len(estimate), Call.OPEN, dtype=np.int64)
    found[estimate + reach < margin] = Call.SMALL
    found[estimate + reach < 0] = Call.HARM
    found[estimate - reach > margin] = Call.ADOPT
    return found


def conditional_power(
    estimate: Floats, se: Floats, fraction: float, truth: float, margin: float, reach: float
) -> Floats:
    """Return the chance that the last look adopts, given this one, if the true gain is `truth`.

    With the share `fraction` of the information in hand the last estimate is normal around truth + fraction (estimate -
    truth) with the variance (1 - fraction) of its own, fraction se^2; it adopts above margin + `reach` standard errors
    (stochastic curtailment: Lan, Simon and Halperin, Sequential Analysis 1:207, 1982).
    """
    from scipy.special import ndtr

    last = se * np.sqrt(fraction)
    middle = truth + fraction * (estimate - truth)
    left = np.maximum(last * np.sqrt(1 - fraction), 1e-300)
    chance: Floats = ndtr((middle - margin - reach * last) / left)
    return chance


def futile_under(se: float, fraction: float, truth: float, margin: float, reach: float) -> float:
    """Return the estimate under which the conditional power is below 10 %, at that standard error."""
    from scipy.special import ndtri

    last = se * math.sqrt(fraction)
    left = last * math.sqrt(1 - fraction)
    middle = margin + reach * last + float(ndtri(FUTILE_BELOW)) * left
    return truth + (middle - truth) / fraction
