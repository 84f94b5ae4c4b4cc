"""What money can buy next, and how much money there is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from shisaku.errors import DataError, Problem, RecipeError
from shisaku.lab.dose import check_classes
from shisaku.lab.items import Items
from shisaku.message import say

Kind = Literal["labels", "repairs", "source", "made"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Offer:
    """Up to `available` items at `price` each; `probe` are those of them that are at hand already.

    ``labels``: more items of one's own, as they come or of some `classes`. ``repairs``: labels at hand are looked at
    again, the most doubted first; `looked` says which were, and what they turned out to be. ``source``: items of
    another collection, the dataset `entry` of the atlas. ``made``: made from items at hand (`probe` has their
    parents).
    """

    name: str
    kind: Kind
    price: float
    available: int
    currency: str = ""
    classes: tuple[str, ...] = ()
    probe: Items | None = None
    looked: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""

    @property
    def unknown(self) -> bool:
        """Whether nothing of it is at hand by which its worth could be measured."""
        return self.kind in ("source", "made") and not (self.probe and len(self.probe))


@dataclass(frozen=True, slots=True)
class Money:
    """What may be spent, and what an error costs, where the user gave that."""

    budget: float
    currency: str = "units"
    cost_per_error: float | None = None
    items_per_year: float | None = None

    @property
    def per_score(self) -> float | None:
        """What a score higher by 1 saves in a year, every class being as frequent; None where it was not given."""
        if self.cost_per_error is None or self.items_per_year is None:
            return None
        return self.cost_per_error * self.items_per_year


def check(items: Items, offers: Sequence[Offer], money: Money) -> None:
    """Raise RecipeError with all that is wrong with offers and money, DataError for data that cannot be learnt from."""
    problems = [*_of_money(money), *_of_names(offers)]
    for offer in offers:
        problems += _of_offer(offer, items, money)
    if problems:
        raise RecipeError(
            say("What can be bought cannot be planned with"), next=say("Correct these lines"), problems=problems
        )
    check_classes(items)
    for name, held in (("", items), *((one.name, one.probe) for one in offers if one.probe is not None)):
        if not np.isfinite(held.features).all():
            raise DataError(
                say("Features must be finite numbers"),
                where=name,
                next=say("Look for NaN in the embedding step, and leave such items out"),
            )


def _of_money(money: Money) -> Iterator[Problem]:
    if not (money.budget > 0 and math.isfinite(money.budget)):
        yield Problem(0, "budget", say("A budget is above 0, not {amount}", amount=money.budget))
    for name, amount in (("cost_per_error", money.cost_per_error), ("items_per_year", money.items_per_year)):
        if amount is not None and not (amount >= 0 and math.isfinite(amount)):
            yield Problem(0, name, say("It must be 0 or more, not {amount}", amount=amount))
    if (money.cost_per_error is None) != (money.items_per_year is None):
        yield Problem(
            0, "cost_per_error", say("What an error costs and how many items there are a year go together: give both")
        )


def _of_names(offers: Sequence[Offer]) -> Iterator[Problem]:
    names = [one.name for one in offers]
    if not names:
        yield Problem(0, "offers", say("There is nothing to buy: give at least one offer"))
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(0, name, say("Two offers have this name"))
    if sum(one.kind == "repairs" for one in offers) > 1:
        yield Problem(0, "offers", say("Labels at hand are looked at again by one offer alone"))


def _of_offer(offer: Offer, items: Items, money: Money) -> Iterator[Problem]:
    def wrong(what: str) -> str:
        return f"{offer.name}.{what}"

    if offer.kind not in KINDS:
        yield Problem(0, wrong("kind"), say("A kind is one of {names}", names=", ".join(KINDS)))
    if not (offer.price > 0 and math.isfinite(offer.price)):
        yield Problem(0, wrong("price"), say("A price is above 0, not {amount}", amount=offer.price))
    if offer.available < 0:
        yield Problem(0, wrong("available"), say("It must be 0 or more, not {amount}", amount=offer.available))
    if offer.currency not in ("", money.currency):
        yield Problem(
            0,
            wrong("currency"),
            say("It is priced in {one}, the budget in {other}", one=offer.currency, other=money.currency),
            say("Convert it first: rates change, and nothing here knows them"),
        )
    strange = sorted(set(offer.classes) - set(items.labels))
    if strange:
        yield Problem(
            0, wrong("classes"), say("No item at hand has the class {names}: its worth cannot be measured",
                                     names=", ".join(strange)),
        )  # fmt: skip
    if offer.classes and offer.kind != "labels":
        yield Problem(0, wrong("classes"), say("Classes are asked for with labels alone"))
    yield from _of_probe(offer, items)


def _of_probe(offer: Offer, items: Items) -> Iterator[Problem]:
    if offer.probe is not None and len(offer.probe):
        if offer.probe.features.shape[1] != items.features.shape[1]:
            yield Problem(0, f"{offer.name}.probe", say("Its features are not those of the items at hand"))
        strange = sorted(set(offer.probe.labels) - set(items.labels))
        if strange:
            yield Problem(
                0, f"{offer.name}.probe", say("It has classes that the items at hand have not: {names}",
                                              names=", ".join(strange)),
            )  # fmt: skip
    known = set(items.ids)
    lost = sorted(set(offer.looked) - known)
    if lost:
        yield Problem(0, f"{offer.name}.looked", say("There is no item {id} at hand", id=lost[0]))
