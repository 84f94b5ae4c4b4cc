"""What is shown of offers: which help, which harm, and which is better than another; else ABSTAIN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shisaku.lab.next_data.measured import Measured
from shisaku.lab.next_data.offer import Kind, Offer
from shisaku.lab.next_data.spend import affordable
from shisaku.stats.estimate import Estimate

Claim = Literal["BUY", "ABSTAIN"]
Standing = Literal["helps", "harms", "not shown", "unknown"]
ALPHA = 0.05
POINTS = 100.0
PARTS = 4  # smaller purchases that are told beside the whole
LEAST = 0.001  # a tenth of a point: less is nothing to buy


@dataclass(frozen=True, slots=True)
class Gain:
    """An expected gain in units of the score, with its interval at `level`."""

    mean: float
    low: float
    high: float
    level: float

    @classmethod
    def of(cls, estimate: Estimate, tail: float = ALPHA / 2) -> Gain:
        """Read it from an estimate; `tail` is the error of one end."""
        return cls(estimate.mean, estimate.low(tail), estimate.high(tail), 1 - 2 * tail)


@dataclass(frozen=True, slots=True)
class Step:
    """The expected gain of so many units of one offer."""

    units: int
    gain: Gain


@dataclass(frozen=True, slots=True)
class Option:
    """An offer bought alone for the whole budget; `gain` is None where it is unknown.

    `standing` is by an interval that holds for all offers together (Bonferroni), `gain` has its own at 95 %. `steps`
    are the gains of smaller purchases.
    """

    offer: str
    kind: Kind
    units: int
    cost: float
    gain: Gain | None
    standing: Standing
    steps: tuple[Step, ...] = ()

    @property
    def per_money(self) -> float | None:
        """Expected gain per unit of money."""
        return self.gain.mean / self.cost if self.gain is not None and self.cost else None


def options_of(offers: Sequence[Offer], found: Measured, budget: float) -> tuple[Option, ...]:
    """Return every offer as it would be bought alone; of an unknown one nothing is said."""
    known = sum(not offer.unknown for offer in offers)
    tail = ALPHA / 2 / max(1, known)
    options = []
    for offer in offers:
        n = affordable(offer, budget)
        if offer.unknown:
            options.append(Option(offer.name, offer.kind, n, n * offer.price, None, "unknown"))
            continue
        estimate = found.estimate(found.worth.gain({offer.name: n}), tail)
        standing: Standing = (
            "helps" if estimate.low(tail) > LEAST else "harms" if estimate.high(tail) < -LEAST else "not shown"
        )
        steps = tuple(
            _step(offer.name, k, found) for k in sorted({max(1, n * part // PARTS) for part in range(1, PARTS + 1)})
        )
        options.append(
            Option(offer.name, offer.kind, n, n * offer.price, Gain.of(estimate), standing, steps if n else ())
        )
    return tuple(options)


def _step(name: str, units: int, found: Measured) -> Step:
    return Step(units, Gain.of(found.estimate(found.worth.gain({name: units}), ALPHA / 2)))


def claimed(options: Sequence[Option], found: Measured) -> tuple[Claim, str, tuple[str, ...]]:
    """Return BUY, the best offer and those shown to be worse, or ABSTAIN with the best by expectation.

    BUY: the best is shown to help, and shown to be better than another one where there is one. Each other is compared
    with the best by paired draws, at the error of one end divided by their number; that it was the data that chose the
    best is covered then (multiple comparisons with the best: Hsu, Ann. Statist. 9:1026, 1981; by Bonferroni in place
    of Dunnett).
    """
    known = {one.offer: one for one in options if one.gain is not None}
    if not known:
        return "ABSTAIN", "", ()
    first = max(sorted(known), key=lambda name: known[name].gain.mean)  # type: ignore[union-attr]
    others = [name for name in known if name != first]
    best = found.worth.gain({first: known[first].units})
    tail = ALPHA / 2 / max(1, len(others))
    apart = {name: found.estimate(best - found.worth.gain({name: known[name].units}), tail) for name in others}
    worse = tuple(name for name in others if apart[name].low(tail) > LEAST)
    shown = known[first].standing == "helps" and (bool(worse) or not others)
    return ("BUY" if shown else "ABSTAIN"), first, worse
