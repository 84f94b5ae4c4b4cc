"""The one-page form from which a proof of concept is planned: what is decided, at hand, and worth it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shisaku.core.amount import Amount

Kind = Literal["image", "audio", "text"]
Test = Literal["own", "untouched"]
ANY, MISSED, FALSE_ALARM = "any", "missed", "false_alarm"


@dataclass(frozen=True, slots=True)
class Held:
    """Labelled items at hand by class, in so many `groups` that belong together (0: every item on its own)."""

    items: Mapping[str, int] = field(default_factory=dict)
    groups: int = 0

    @property
    def n(self) -> int:
        """How many items there are."""
        return sum(self.items.values())

    @property
    def per_group(self) -> float:
        """How many items a group has on average."""
        return self.n / self.groups if self.groups and self.n else 1.0


@dataclass(frozen=True, slots=True)
class Worth:
    """What a right answer is worth where the model will work; None, or no `error_cost`, where nobody knows.

    `error_cost` is of `any` error alike, or of a `missed` positive item and of a `false_alarm`. `items_per_year` are
    decided over `years`; `rollout` is paid once to put the model into use, `running` every year. `illustrative`: the
    figures are invented, and every line that holds money says so.
    """

    currency: str
    illustrative: bool = False
    error_cost: Mapping[str, Amount] = field(default_factory=dict)
    items_per_year: Amount | None = None
    years: int = 1
    rollout: Amount | None = None
    running: Amount | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """What is paid per label, made item, check of a made item by a person, and hour of other work."""

    label: Amount
    made: Amount
    check: Amount
    hour: Amount


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a person may know of how answers scatter; None where the plan is to take its own range.

    `differing`: the share of items that two models of the study answer differently. `lasting`: the part of that which
    stays the same whatever items they are trained on. `alike`: the intraclass correlation of answers within a group.
    """

    differing: Amount | None = None
    lasting: Amount | None = None
    alike: Amount | None = None


@dataclass(frozen=True, slots=True)
class PocForm:
    """What a person who wants a proof of concept can say before there is any model.

    The classes are those of `labelled`. `positive` must not be missed; `positive_share` is its share in use. Gains are
    in balanced accuracy (0.02 = 2 points); `smallest_gain` None is worked out from money. An ``own`` test holds parts
    of the labelled items out again and again, an ``untouched`` one is a set of its own that nothing is chosen by.
    `unlabelled` items can be labelled, `unlabelled_share` of them are positive (None: as in use). `wanted` is the
    chance of an ADOPT that is looked for. With `refuse` a plan that cannot show what it asks is an error.
    """

    title: str
    decides: str
    kind: Kind
    labelled: Held
    worth: Worth
    prices: Prices
    expected_gain: Amount
    test: Test = "own"
    untouched: Held = Held()
    unlabelled: int = 0
    unlabelled_share: Amount | None = None
    positive: str = ""
    positive_share: Amount | None = None
    error_rate: Amount | None = None
    smallest_gain: float | None = None
    largest_loss: float = 0.02
    setup_hours: float = 0.0
    look_hours: float = 0.0
    made_per_real: float = 2.0
    budget: float | None = None
    loss_cap: float | None = None
    deadline: date | None = None
    labels_per_day: int = 0
    splits: int = 20
    looks: int = 2
    wanted: float = 0.8
    refuse: bool = False
    assumed: Assumed = Assumed()

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the form."""
        return tuple(self.labelled.items)

    @property
    def money(self) -> float | None:
        """What may be spent: the budget, or less where less may be lost; None without a budget."""
        caps = [cap for cap in (self.budget, self.loss_cap) if cap is not None]
        return min(caps) if self.budget is not None else None
