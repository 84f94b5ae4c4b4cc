"""The Kpi of a study: what its answers cost where they are used, how often, and what was invested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shisaku.core.amount import Amount

REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Kpi:
    """What an error costs, so that an effect can be said in money; `illustrative` unless the user gave it.

    `cost_per_error` counts every error alike. With `costs` (truth -> answer -> cost of one item; a cell that is not
    named costs nothing if it is right, else `cost_per_error`) the answer ``review`` hands an item to a person, for the
    cost `review` where no cell names it. `prevalence` are the shares of the classes in use, not in the test (empty: as
    in the test, and said so). `positive` is the class that must not be missed: false alarms are counted where a share
    `recall` of it is found. With a `target_error` it is asked how many answers may be given, the surest first, so that
    no larger share of them is wrong. `minutes` (review, false_alarm, miss) are work. `investment` (data, labels,
    synthesis, checking, integration) is spent once, `yearly` (compute, maintenance) every year, over `years` at the
    interest `discount`. `lot` names a fact (day, lot) by which costs are summed to say how bad the worst lots are.
    """

    cost_per_error: float = 1.0
    items_per_year: float = 1000.0
    currency: str = "units"
    illustrative: bool = True
    costs: Mapping[str, Mapping[str, Amount]] = field(default_factory=dict)
    review: Amount | None = None
    prevalence: Mapping[str, float] = field(default_factory=dict)
    positive: str = ""
    recall: float = 0.95
    target_error: float = 0.0
    minutes: Mapping[str, float] = field(default_factory=dict)
    investment: Mapping[str, Amount] = field(default_factory=dict)
    yearly: Mapping[str, Amount] = field(default_factory=dict)
    years: int = 3
    discount: float = 0.05
    lot: str = ""

    @property
    def asks_scores(self) -> bool:
        """Whether saying it needs class scores of test and validation items, beside the answers."""
        return bool(self.costs or self.positive)
