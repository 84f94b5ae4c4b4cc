"""Where the money goes: what a comparison cannot do without, then labels; and what each stage may lose."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.draws import Floats
from shisaku.lab.poc.looks import Look
from shisaku.lab.poc.sizes import TEST_SHARE, lacking_to_train, sizes_of

PARTS = ("test_labels", "training_labels", "made", "checking", "hours")
MOST_LABELS = 10_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most labels that money, items at hand and days until the deadline allow; None where nothing limits them.

    `money` is less than 0 where it does not even pay for the comparison without a label.
    """

    money: int
    items: int
    days: int | None

    @property
    def labels(self) -> int:
        """The most that all of them allow."""
        return max(0, min(self.money, self.reach))

    @property
    def reach(self) -> int:
        """The most that is there to be labelled in time, whatever it costs."""
        return self.items if self.days is None else min(self.items, self.days)


def limits_of(form: PocForm, money: float, today: date) -> Limits:
    """Return what limits the labels; every price at its dearest, so that no cap is passed."""
    days = None
    if form.deadline and form.labels_per_day:
        days = int(np.busday_count(today, form.deadline)) * form.labels_per_day
    affordable = fewest(lambda labels: cost(form, labels) > money, MOST_LABELS)
    return Limits((MOST_LABELS if affordable is None else affordable) - 1, form.unlabelled, days)


def fewest(enough: Callable[[int], bool], most: int) -> int | None:
    """Return the smallest count from 0 to `most` that is enough, None if `most` is not; more is never worse.

    But for the step from none, where there are no looks on the way, to some.
    """
    found = 0 if enough(0) else 1 + bisect_left(range(1, most + 1), True, key=enough)
    return found if found <= most else None


def counts(form: PocForm, labels: int, looks: int) -> dict[str, float]:
    """Return how much of each thing a plan buys: labels to test on and to train on, made items, checks, hours."""
    own = form.test == "own"
    tested = round(TEST_SHARE * labels) if own else labels - min(labels, lacking_to_train(form))
    made = math.ceil(form.made_per_real * sizes_of(form, labels).trained - 1e-9)
    return {
        "test_labels": tested,
        "training_labels": labels - tested,
        "made": made,
        "checking": made,
        "hours": form.setup_hours + looks * form.look_hours,
    }


def bill(form: PocForm, labels: int, looks: int) -> dict[str, float]:
    """Return what each of them costs, every price at its dearest."""
    prices = dearest(form)
    priced = dict(zip(PARTS, ("label", "label", "made", "check", "hour"), strict=True))
    return {name: n * float(prices[priced[name]][0]) for name, n in counts(form, labels, looks).items()}


def cost(form: PocForm, labels: int) -> float:
    """Return the whole cost at the dearest prices; as many looks as the form plans, so that more labels cost more."""
    return sum(bill(form, labels, form.looks).values())


def dearest(form: PocForm) -> dict[str, Floats]:
    """Return the prices of the one world where everything costs most."""
    return {item.name: np.array([getattr(form.prices, item.name).high]) for item in fields(form.prices)}


def stage_costs(form: PocForm, looks: Sequence[Look], prices: Mapping[str, Floats]) -> Floats:
    """Return what each stage costs in each world [looks, worlds]: what must be there is paid in the first."""
    whole = counts(form, looks[-1].labels, len(looks))
    found = []
    for number, look in enumerate(looks):
        labels = look.labels - (looks[number - 1].labels if number else 0)
        paid = labels * prices["label"] + form.look_hours * prices["hour"]
        if not number:
            made = whole["made"] * (prices["made"] + prices["check"])
            paid = paid + made + form.setup_hours * prices["hour"]
        found.append(paid)
    return np.array(found)


def loss_caps(form: PocForm, looks: Sequence[Look]) -> list[float]:
    """Return what is lost at most when the plan ends at each look: all that was paid until then, at its dearest."""
    return [float(total) for total in np.cumsum(stage_costs(form, looks, dearest(form))[:, 0])]
