"""What a first look at an offer that nothing is known of is worth: simulated before any money is spent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.next_data.spend import affordable
from shisaku.lab.next_data.worth import Worth
from shisaku.stats.estimate import Floats

BELIEF = (-0.25, 1.0)  # items of one's own that one of an unknown source is worth, each as likely as another
GRID = 51
DRAWS = 2000
SIZES = (1, 2, 4)  # items per class
SURE = 1.96


@dataclass(frozen=True, slots=True)
class ProbeValue:
    """What the best purchase adds more, on average, for a look at `n` items first: a simulation under `belief`.

    `value` is in units of the score, after the price of the look; `error` is that of the simulation, one standard
    error.
    """

    offer: str
    n: int
    cost: float
    value: float
    error: float
    belief: tuple[float, float] = BELIEF

    @property
    def pays(self) -> bool:
        """Whether the look is worth more than its price, beyond the error of the simulation."""
        return self.value > SURE * self.error


def probe_values(
    offers: Sequence[Offer], worth: Worth, known: Floats, budget: float, n_classes: int, seed: int = 0
) -> list[ProbeValue]:
    """Return for every unknown offer the look that is worth most, the most valuable offer first.

    Expected value of sample information (Raiffa and Schlaifer 1961): the worth of an item is drawn from the belief, a
    look shows it with the error that differences of lessons have here, and then either the offer or the best of what is
    known (`known` [1 + draws]: the gain for the whole budget, which falls in proportion to what the look takes) is
    bought, whichever has the higher expectation. Nothing is measured.
    """
    found = [
        _best_look(offer, worth, float(known.mean()), budget, n_classes, seed) for offer in offers if offer.unknown
    ]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.value, one.offer))


def _best_look(
    offer: Offer, worth: Worth, known: float, budget: float, n_classes: int, seed: int
) -> ProbeValue | None:  # fmt: skip
    sizes = [n_classes * each for each in SIZES]
    looks = [n for n in sizes if n <= offer.available and n * offer.price < budget]
    values = [_look(offer, n, worth, known, budget, seed) for n in looks]
    return max(values, key=lambda one: one.value, default=None)


def _look(offer: Offer, n: int, worth: Worth, known: float, budget: float, seed: int) -> ProbeValue:
    rng = rng_for(seed, "probe value", f"{offer.name}/{n}")
    belief = np.linspace(*BELIEF, GRID)
    blind = max(known, float(_gains(offer, budget, worth, belief).mean()), 0.0)
    left = budget - n * offer.price
    gains = _gains(offer, left, worth, belief)
    per_item = float(_moved(worth, np.array([float(n)])).item())
    blur = worth.noise / max(per_item, 1e-9)
    truth = rng.integers(GRID, size=DRAWS)
    shown = belief[truth] + blur * rng.standard_normal(DRAWS)
    likelihood = np.exp(-0.5 * ((shown[:, None] - belief) / max(blur, 1e-9)) ** 2)
    expected = likelihood @ gains / np.maximum(likelihood.sum(axis=1), 1e-300)
    fallback = max(known * left / budget, 0.0)
    got = np.where(expected > fallback, gains[truth], fallback)
    return ProbeValue(
        offer.name, n, n * offer.price, float(got.mean()) - blind, float(got.std(ddof=1)) / math.sqrt(DRAWS)
    )


def _gains(offer: Offer, budget: float, worth: Worth, belief: Floats) -> Floats:
    """Return the gain of spending all on the offer for each number of items of one's own that one may be worth."""
    return _moved(worth, belief * affordable(offer, budget))


def _moved(worth: Worth, items: Floats) -> Floats:
    """Return what so many more items of one's own add by the mean curve; fewer than none take away as much."""
    curve, start = worth.curve, float(worth.start[0])
    top, drop, rate = float(curve.top[0]), float(curve.drop[0]), float(curve.rate[0])
    here = top - drop * start**-rate
    there = top - drop * (start + np.abs(items)) ** -rate
    found: Floats = np.sign(items) * (there - here) / float(worth.told[0])
    return found
