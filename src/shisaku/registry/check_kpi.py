"""Check what a study says of costs, before there are classes to hold it against."""

from __future__ import annotations

from collections.abc import Iterator

from shisaku.core.kpi import REVIEW, Kpi
from shisaku.message import say
from shisaku.registry.finding import Finding, Loc

ROUNDING = 1e-6


def kpi_findings(kpi: Kpi, at: Loc, *, retrieves: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with the costs, shares and volumes at `at`, of a study that retrieves or that classifies."""
    total = sum(kpi.prevalence.values())
    if kpi.prevalence and abs(total - 1) > ROUNDING:
        what = say("The shares of the classes in use add up to {total:.4g}, not to 1", total=total)
        yield Finding((*at, "prevalence"), what, say("give every class its share of the items in use"))
    if kpi.asks_scores and retrieves:
        yield Finding(at, say("A study that retrieves has no class scores: it takes `cost_per_error` alone"))
    if kpi.asks_scores and not kpi.items_per_year:
        yield Finding((*at, "items_per_year"), say("With no items a year nothing can be earned or lost"))
    if kpi.investment and not kpi.asks_scores:
        yield Finding((*at, "investment"), say("What was invested is held against `costs`: name them too"))
    yield from _review(kpi, at)


def _review(kpi: Kpi, at: Loc) -> Iterator[Finding]:
    """Check that a person's look has a price whatever the item is, or is no choice at all."""
    priced = [truth for truth, row in kpi.costs.items() if REVIEW in row]
    if priced and kpi.review is None and len(priced) < len(kpi.costs):
        lacking = next(truth for truth in kpi.costs if truth not in priced)
        what = say("A review has a cost for {priced}, but none for {lacking}", priced=priced[0], lacking=lacking)
        yield Finding((*at, "costs", lacking), what, say("give `review: cost` once, for all"))
    if REVIEW in kpi.costs:
        yield Finding((*at, "costs", REVIEW), say("{name} is an answer, not a class", name=REVIEW))
