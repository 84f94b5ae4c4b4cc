"""What other ways of spending the same money come to: at random, in even parts, all on one offer, and the planner's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.lab.items import Index
from shisaku.lab.next_data.claim import claimed, options_of
from shisaku.lab.next_data.deal import Deals
from shisaku.lab.next_data.measured import Measured, measure
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.next_data.probes import first_looks
from shisaku.lab.next_data.repeat import Expected, Planned
from shisaku.lab.next_data.spend import BYS, STEPS, affordable, spend
from shisaku.lab.next_data.world import World

RANDOM_DRAWS = 4  # purchases at random per world; their mean is what chance is
RANDOM, EVEN, NOTHING, ALONE = "random", "even", "nothing", "all "
TAIL = 0.025


def without_measuring(world: World, deals: Deals, seed: int, number: int) -> dict[str, float]:
    """Return the scores of buying nothing, parts at random (mean of several), even parts, and one offer alone."""
    offers = world.offers()
    rng = rng_for(seed, "random purchase", str(number))
    drawn = [np.bincount(rng.integers(len(offers), size=STEPS), minlength=len(offers)) for _ in range(RANDOM_DRAWS)]
    chance = [deals.score(_parts(offers, counts / STEPS, world.budget)) for counts in drawn]
    even = np.full(len(offers), 1 / len(offers))
    return {
        NOTHING: deals.score({}),
        RANDOM: float(np.mean(chance)),
        EVEN: deals.score(_parts(offers, even, world.budget)),
        **{ALONE + one.name: deals.score({one.name: affordable(one, world.budget)}) for one in offers},
    }


def _parts(offers: Sequence[Offer], shares: npt.NDArray[np.float64], budget: float) -> dict[str, int]:
    return {offer.name: affordable(offer, share * budget) for offer, share in zip(offers, shares, strict=True)}


def planned(world: World, deals: Deals, seed: int) -> Planned:
    """Let the planner look, measure and spend what is left; the first looks are paid for from the same budget."""
    first = first_looks(world.offers(), len(set(world.hand.labels)), world.budget)
    looks = deals.doubts.to_look_at(first.get("repairs", 0))
    offers = world.offers(first, deals.looked_at(looks))
    left = world.budget - sum(n * world.prices[name] for name, n in first.items())
    found = measure(world.hand, offers, deals.student, seed=seed, doubts=deals.doubts)
    order = np.concatenate([looks, deals.doubts.next_looks(set(looks.tolist()))]).astype(np.intp)
    known = [offer for offer in offers if not offer.unknown]
    plans = {by: _both(first, spend(known, found.worth.gain, left, by)) for by in BYS}
    scores = {f"planner, {by}": deals.score(plan, order, found.unused()) for by, plan in plans.items()}
    expected = _expected(known, left, found, deals, first, order)
    claim, best, worse = claimed(options_of(offers, found, left), found)
    realised = {one.offer: one.realised for one in expected}
    return Planned(scores, plans["mean"], expected, claim, {name: realised[best] - realised[name] for name in worse})


def _expected(
    known: Sequence[Offer], left: float, found: Measured, deals: Deals, first: Mapping[str, int], order: Index
) -> tuple[Expected, ...]:
    """Return for every offer what spending all that is left on it was expected to add, and did add."""
    base = deals.score(first, order, found.unused())
    rows = []
    for offer in known:
        n = affordable(offer, left)
        gain = found.estimate(found.worth.gain({offer.name: n}), TAIL)
        unused = [name for name in found.unused() if name != offer.name]
        realised = deals.score(_both(first, {offer.name: n}), order, unused) - base
        rows.append(Expected(offer.name, gain.mean, gain.low(TAIL), gain.high(TAIL), realised))
    return tuple(rows)


def _both(first: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + more.get(name, 0) for name in {**first, **more}}
