"""What to buy for a budget: the offers' gains in money's order, a little at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, get_args

import numpy as np

from shisaku.lab.next_data.offer import Offer
from shisaku.stats.estimate import Floats

By = Literal["mean", "low", "high"]
BYS: tuple[By, ...] = get_args(By)
QUARTILE = 0.25
STEPS = 12  # a budget is spent in so many parts
Gain = Callable[[Mapping[str, float]], Floats]


def judged(draws: Floats, by: By) -> float:
    """Return the figure by which gains are compared: their mean, or their lower or upper quartile."""
    if by == "mean":
        return float(draws.mean())
    return float(np.quantile(draws[1:], QUARTILE if by == "low" else 1.0 - QUARTILE))


def spend(
    offers: Sequence[Offer], gain: Gain, budget: float, by: By = "mean", per_score: float | None = None
) -> dict[str, int]:
    """Return how many of each offer to buy: part after part goes where it adds most per money, while it adds at all.

    Where a score's worth is known (`per_score`), a part is bought only if it is worth its price within a year. An offer
    whose single item costs more than a part is bought by the item.
    """
    bought = {offer.name: 0 for offer in offers}
    left, part = budget, budget / STEPS
    now = judged(gain(bought), by)
    while True:
        best: tuple[float, float, str, int] | None = None
        for offer in offers:
            n = min(max(int(part / offer.price + 1e-9), 1), offer.available - bought[offer.name])
            cost = n * offer.price
            if n < 1 or cost > left + 1e-9:
                n = min(int(left / offer.price + 1e-9), offer.available - bought[offer.name])
                cost = n * offer.price
            if n < 1:
                continue
            then = judged(gain({**bought, offer.name: bought[offer.name] + n}), by)
            if best is None or (then - now) / cost > best[0]:
                best = ((then - now) / cost, then, offer.name, n)
        if best is None or best[0] <= (0.0 if per_score is None else 1.0 / per_score if per_score else np.inf):
            return bought
        _, now, name, n = best
        bought[name] += n
        left -= n * next(offer.price for offer in offers if offer.name == name)


def affordable(offer: Offer, budget: float) -> int:
    """Return how many items of one offer alone the budget buys."""
    return min(int(budget / offer.price + 1e-9), offer.available)
