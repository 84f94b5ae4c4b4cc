"""Draws of amounts that are known only as ranges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shisaku.core.amount import Amount
from shisaku.core.seed import rng_for
from shisaku.stats.estimate import Floats


def drawn(amount: Amount, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws: always the number itself, uniform over [low, high], triangular over [low, likely, high]."""
    if amount.known:
        return np.full(draws, amount.low)
    if amount.flat:
        return rng.uniform(amount.low, amount.high, draws)
    return rng.triangular(amount.low, amount.likely, amount.high, draws)


def drawn_amounts(amounts: Mapping[str, Amount], seed: int, draws: int) -> dict[str, Floats]:
    """Return draws of every amount, independent of each other, each by its name.

    So an amount more, or another order, changes nothing in the others' draws. Raises ValueError for no draw.
    """
    if draws < 1:
        raise ValueError(f"needs one draw or more, got {draws}")
    return {name: drawn(amount, rng_for(seed, "amount", name), draws) for name, amount in amounts.items()}
