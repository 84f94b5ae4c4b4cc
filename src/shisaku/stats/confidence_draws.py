"""Draws from what an interval says of an effect at all levels, to carry it on into money."""

from __future__ import annotations

import numpy as np

from shisaku.stats.estimate import Estimate, Floats

STEPS = 500


def confidence_draws(effect: Estimate, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of which as many lie below the lower bound at any one-sided level as that level says.

    That is the confidence distribution of the effect (Xie and Singh, International Statistical Review 81:3, 2013): for
    an estimate with Student's t it is mean + t se. Levels are taken from 1 / 2000 on, so nothing is drawn from beyond
    the bound of that level; a bound that is not finite there is replaced by the nearest one that is. Raises ValueError
    where no bound is finite.
    """
    below = (np.arange(STEPS) + 0.5) / (2 * STEPS)
    ends = np.array([effect.low(float(one)) for one in below] + [effect.high(float(one)) for one in below[::-1]])
    known = np.flatnonzero(np.isfinite(ends))
    if not known.size:
        raise ValueError("the effect has no finite bound at any level")
    place = rng.random(draws) * (2 * STEPS) - 0.5
    # Bounds of an honest interval never cross; the two halves of draws meet at the median within rounding.
    rising = np.maximum.accumulate(ends[known])
    found: Floats = np.interp(place, known, rising)
    return found
