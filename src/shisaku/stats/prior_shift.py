"""Probabilities for a place where the classes are not as frequent as where the model learnt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import checked_probabilities, checked_shares
from shisaku.stats.estimate import Floats


def to_prevalence(probabilities: npt.ArrayLike, learnt: npt.ArrayLike, used: npt.ArrayLike) -> Floats:
    """Return the probabilities for the class shares `used`, of a model calibrated where they are `learnt`.

    Each is multiplied by used / learnt and every row divided by its sum (Saerens, Latinne and Decaestecker, Neural
    Computation 14:21, 2002, formula 2.4); that takes items of one class to look alike in both places. Raises ValueError
    for a class in use that was never learnt, or an item that can only be of a class that is not in use.
    """
    rows = checked_probabilities(probabilities)
    before, after = checked_shares(learnt, rows.shape[1]), checked_shares(used, rows.shape[1])
    if (after[before == 0] > 0).any():
        missing = int(np.flatnonzero((before == 0) & (after > 0))[0])
        raise ValueError(f"class {missing} occurs in use, but was never learnt")
    weighed = rows * np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    totals = weighed.sum(axis=1, keepdims=True)
    if (totals == 0).any():
        raise ValueError(f"item {int(np.flatnonzero(totals[:, 0] == 0)[0])} can only be of a class that is not in use")
    found: Floats = weighed / totals
    return found
