"""The smallest gain worth having: as given, or the one that pays back what is spent, or the usual one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shisaku.core.poc_form import PocForm
from shisaku.errors import RecipeError
from shisaku.lab.poc.draws import error_rate_of, likely_world
from shisaku.message import say

USUAL = 0.02  # of a study that says nothing else


@dataclass(frozen=True, slots=True)
class Margin:
    """The smallest gain worth having, and where it comes from."""

    gain: float
    source: Literal["form", "money", "usual"]


def margin_of(form: PocForm) -> Margin:
    """Return the margin; from money it is the gain whose worth in use equals what is spent and invested.

    That is (investment / years + running) / (items a year x cost of an error), at likely values; the investment is what
    the proof of concept may spend, and the rollout. Raises RecipeError where even no error at all would not pay.
    """
    if form.smallest_gain is not None:
        return Margin(form.smallest_gain, "form")
    likely = likely_world(form)
    if likely.yearly is None or likely.running is None or likely.rollout is None:
        return Margin(USUAL, "usual")
    spent = ((form.money or 0.0) + float(likely.rollout[0])) / form.worth.years + float(likely.running[0])
    yearly, errors = float(likely.yearly[0]), error_rate_of(form).high
    if spent >= errors * yearly:
        raise RecipeError(
            say("Even a model without any error would not pay: {spent:,.0f} {currency} a year are to be spent, and all "
                "errors of today cost {most:,.0f} a year",
                spent=spent, currency=form.worth.currency, most=errors * yearly),
            where=form.title,
            next=say("Spend less, count over more `years`, or choose a question where errors cost more"),
        )  # fmt: skip
    return Margin(spent / yearly, "money")
