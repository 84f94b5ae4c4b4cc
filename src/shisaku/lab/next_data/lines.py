"""A plan in sentences, the conclusion first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.core.kpi import Kpi
from shisaku.lab.money import money_of
from shisaku.lab.next_data.claim import POINTS, Gain, Option
from shisaku.lab.next_data.offer import Money
from shisaku.lab.next_data.plan import NextPlan
from shisaku.lab.next_data.probe_value import SURE, ProbeValue
from shisaku.message import Message, say

STANDINGS: Mapping[str, Message] = {
    "helps": say("shown to help"),
    "harms": say("shown to harm"),
    "not shown": say("not shown"),
    "unknown": say("not known"),
}


def plan_lines(plan: NextPlan) -> Iterator[Message]:
    """Yield what to do and how sure that is, then every offer, then what is not known."""
    yield _conclusion(plan)
    yield _portfolio(plan)
    yield _yearly(plan)
    for option in plan.options:
        yield option_line(option, plan.money)
    told = {value.offer for value in plan.values}
    for look in (one for one in plan.looks if one.offer not in told):
        yield say(
            "Look first at {n} of {offer}, for {cost:g} {currency}, and plan again with what they show",
            n=look.units, offer=look.offer, cost=look.cost, currency=plan.money.currency,
        )  # fmt: skip
    for value in plan.values:
        yield probe_line(value, plan.money)
    if plan.unused:
        yield say(
            "Not shown to help, and left out of training where it was bought: {offers}", offers=", ".join(plan.unused)
        )


def _conclusion(plan: NextPlan) -> Message:
    if not plan.first:
        return say("ABSTAIN: nothing is at hand by which any offer could be measured")
    if plan.claim == "BUY" and plan.worse:
        return say(
            "Buy {offer} first: it is shown to help, and to help more than {others}",
            offer=plan.first, others=", ".join(plan.worse),
        )  # fmt: skip
    if plan.claim == "BUY":
        return say("Buy {offer}: it is shown to help", offer=plan.first)
    if plan.worse:
        return say(
            "ABSTAIN: that {offer} helps is not shown; shown to be worse than it: {others}",
            offer=plan.first, others=", ".join(plan.worse),
        )  # fmt: skip
    return say("ABSTAIN: {n} items at hand do not tell the offers apart", n=plan.n)


def _portfolio(plan: NextPlan) -> Message:
    if not plan.buys:
        return say("By expectation nothing on offer is worth its price")
    bought = ", ".join(f"{one.units} {one.offer}" for one in plan.buys)
    return say(
        "By expectation, for {cost:g} of {budget:g} {currency}: {bought}; {gain}",
        cost=plan.spent, budget=plan.money.budget, currency=plan.money.currency, bought=bought,
        gain=gain_words(plan.gain),
    )  # fmt: skip


def _yearly(plan: NextPlan) -> Message:
    """Say the gain in money only where the user gave what it takes; under ABSTAIN the range holds no gain too."""
    money = plan.money
    if money.cost_per_error is None or money.items_per_year is None:
        return say("No gain in money: what an error costs and how many items there are a year were not given")
    kpi = Kpi(money.cost_per_error, money.items_per_year, money.currency, illustrative=False)
    range_ = money_of((plan.gain.low, plan.gain.high), "ADOPT" if plan.claim == "BUY" else "ABSTAIN", kpi)
    if range_ is None:
        return say("No gain in money: the interval has no ends")
    return say(
        "In money, by your figures: {low:,.0f} to {high:,.0f} {currency} a year, for {cost:g} {currency} once",
        low=range_.low, high=range_.high, currency=money.currency, cost=plan.spent,
    )  # fmt: skip


def gain_words(gain: Gain) -> Message:
    """Return a gain and its interval in points, as part of a sentence."""
    return say(
        "{mean:+.1f} points [{low:+.1f}, {high:+.1f}]",
        mean=POINTS * gain.mean, low=POINTS * gain.low, high=POINTS * gain.high,
    )  # fmt: skip


def option_line(option: Option, money: Money) -> Message:
    """Say what one offer alone would add for the whole budget."""
    told: dict[str, Any] = {"offer": option.offer, "n": option.units, "cost": option.cost, "currency": money.currency}
    if not option.units:
        return say("{offer}: none of it can be had for this budget", offer=option.offer)
    if option.gain is None or option.per_money is None:
        return say("{offer}: unknown; {n} for {cost:g} {currency}, and nothing of it is at hand", **told)
    return say(
        "{offer}: {n} for {cost:g} {currency}: {gain}, {rate:+.3g} points per 100 {currency}; {standing}",
        **told, gain=gain_words(option.gain), rate=100 * POINTS * option.per_money, standing=STANDINGS[option.standing],
    )  # fmt: skip


def probe_line(value: ProbeValue, money: Money) -> Message:
    """Say what a look at an unknown offer is worth, which is a simulation."""
    low, high = value.belief
    told: dict[str, Any] = {
        "offer": value.offer, "n": value.n, "cost": value.cost, "currency": money.currency,
        "value": POINTS * value.value, "error": POINTS * SURE * value.error, "low": low, "high": high,
    }  # fmt: skip
    if value.pays:
        return say(
            "{offer} is unknown: buy a probe of {n} items first ({cost:g} {currency}). Simulation, not evidence: that "
            "is worth {value:+.2f} points (Monte Carlo error {error:.2f}), if one of its items is worth {low:g} to "
            "{high:g} of your own, each as likely",
            **told,
        )
    return say(
        "{offer} is unknown, and no probe of it pays. Simulation, not evidence: one of {n} items is worth {value:+.2f} "
        "points (Monte Carlo error {error:.2f}), if one of its items is worth {low:g} to {high:g} of your own, each "
        "as likely",
        **told,
    )
