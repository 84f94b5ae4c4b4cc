"""The plan: what every offer alone would add, what to buy for the budget, or ABSTAIN where nothing tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.core.progress import Progress, silent
from shisaku.lab.items import Items
from shisaku.lab.next_data.claim import ALPHA, Claim, Gain, Option, claimed, options_of
from shisaku.lab.next_data.measured import measure
from shisaku.lab.next_data.offer import Money, Offer, check
from shisaku.lab.next_data.probe_value import ProbeValue, probe_values
from shisaku.lab.next_data.probes import first_looks
from shisaku.lab.next_data.spend import By, spend
from shisaku.learn.learner import Learner


@dataclass(frozen=True, slots=True)
class Purchase:
    """So many items of an offer, and their price."""

    offer: str
    units: int
    cost: float


@dataclass(frozen=True, slots=True)
class NextPlan:
    """What to buy next, and how sure that is.

    BUY: `first`, the offer that would add most alone, is shown to add something, and shown to add more than each of
    `worse`. `buys` is what the whole budget is best spent on by expectation, also under ABSTAIN. `values` is what a
    first look at each unknown offer is worth in a simulation, `looks` those looks that pay, and how many labels to
    look at again first; `recheck` says which. `unused` are sources whose first items are expected to harm.
    """

    claim: Claim
    first: str
    worse: tuple[str, ...]
    options: tuple[Option, ...]
    buys: tuple[Purchase, ...]
    gain: Gain
    money: Money
    by: By
    n: int
    curve: tuple[tuple[float, float], ...]
    looks: tuple[Purchase, ...]
    values: tuple[ProbeValue, ...]
    recheck: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def spent(self) -> float:
        """What the purchases cost together."""
        return sum(one.cost for one in self.buys)


def plan_next(
    items: Items, offers: Sequence[Offer], money: Money, *, by: By = "mean", learner: Learner | None = None,
    seed: int = 0, progress: Progress = silent,
) -> NextPlan:  # fmt: skip
    """Measure every offer on what is at hand and plan what to buy for the budget.

    Score: balanced accuracy on items that the model did not see. `by` says by which figure gains are compared: the mean
    was as good as a quartile in the back-test. Raises RecipeError for offers that cannot be planned with, DataError for
    data that cannot be learnt from.
    """
    check(items, offers, money)
    found = measure(items, offers, learner, seed=seed, progress=progress)
    known = [offer for offer in offers if not offer.unknown]
    bought = spend(known, found.worth.gain, money.budget, by, money.per_score)
    prices = {offer.name: offer.price for offer in offers}
    options = options_of(offers, found, money.budget)
    claim, first, worse = claimed(options, found)
    gain = found.worth.gain(bought)
    n_classes = len(set(items.labels))
    looks = first_looks([offer for offer in offers if offer.kind == "repairs"], n_classes, money.budget)
    values = probe_values(offers, found.worth, gain, money.budget, n_classes, seed)
    looks |= {one.offer: one.n for one in values if one.pays}
    repairs = next((offer for offer in offers if offer.kind == "repairs"), None)
    place = {id_: i for i, id_ in enumerate(items.ids)}
    looked = {place[id_] for id_ in repairs.looked} if repairs else set()
    wanted = looks.get(repairs.name, 0) if repairs else 0
    again = found.doubts.to_look_at(wanted) if wanted else found.doubts.next_looks(looked)
    count = wanted or (bought[repairs.name] if repairs else 0)
    plain = found.taught.places("")
    return NextPlan(
        claim,
        first,
        worse,
        options,
        tuple(Purchase(name, n, n * prices[name]) for name, n in bought.items() if n),
        Gain.of(found.estimate(gain, ALPHA / 2)),
        money,
        by,
        len(items),
        tuple((float(found.taught.own[k]), float(found.taught.scores[:, k].mean())) for k in plain),
        tuple(Purchase(name, n, n * prices[name]) for name, n in looks.items()),
        tuple(values),
        tuple(items.ids[i] for i in again[:count]),
        found.unused(),
    )
