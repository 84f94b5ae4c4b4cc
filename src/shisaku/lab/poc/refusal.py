"""Why a plan cannot show what it asks, and the error where it is not to be made then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shisaku.core.poc_form import PocForm
from shisaku.errors import Problem, RecipeError
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.poc.figures import priced
from shisaku.lab.poc.margins import Provable
from shisaku.lab.poc.spending import Limits, cost
from shisaku.message import Message, Value, say


def missing(form: PocForm, margin: float, planned: Provable, needed: int | None, limits: Limits) -> Iterator[Message]:
    """Yield what is missing for the expected gain to be shown with 80 % power; nothing where it would be."""
    expected = form.expected_gain.likely
    if form.splits < MIN_SPLITS:
        yield say("{n} splits are fewer than {least}: exploratory", n=form.splits, least=MIN_SPLITS)
    if expected <= margin:
        yield say(
            "The gain that is expected, {expected:.1f} points, is not above the smallest one worth having, "
            "{margin:.1f}: no number of items shows that it is",
            expected=100 * expected, margin=100 * margin,
        )  # fmt: skip
        return
    if needed is None:
        yield say(
            "No number of labels shows the gain that is expected: a class never comes, or differences vary too much"
        )
        return
    if needed <= planned.labels:
        return
    yield say(
        "{needed} labels would have to be bought to show a gain of {expected:.1f} points with 80 % power, and the plan "
        "buys {n}", needed=needed, expected=100 * expected, n=planned.labels,
    )  # fmt: skip
    if needed > limits.money:
        line = say("They and all else would cost {amount:,.0f} {currency}", amount=cost(form, needed),
                   currency=form.worth.currency)  # fmt: skip
        yield priced(line, form.worth.illustrative)
    if needed > limits.items:
        yield say("There are only {n} items to be labelled", n=limits.items)
    if limits.days is not None and needed > limits.days:
        yield say("Only {n} can be labelled before the deadline", n=limits.days)


def refused(form: PocForm, what: Message, why: Sequence[Message]) -> RecipeError:
    """Return the error of a plan that is not made."""
    return RecipeError(
        what,
        where=form.title,
        next=say("Give what is missing, ask for a larger gain, or do not start: a test that cannot show it is no test"),
        problems=[Problem(0, "", one) for one in why],
    )


def check_money(form: PocForm, money: float | None, needed: int | None) -> float:
    """Return the money. Raises RecipeError where there is none, or too little for any comparison."""
    about: dict[str, Value] = {"least": cost(form, 0), "currency": form.worth.currency}
    if money is None:
        why = [say("`budget` is empty; the smallest comparison, on what is at hand, costs {least:,.0f} {currency}",
                   **about)]  # fmt: skip
        if needed is not None:
            why.append(say("With the {n} labels that show the gain that is expected: {amount:,.0f} {currency}",
                           n=needed, amount=cost(form, needed), currency=form.worth.currency))  # fmt: skip
        raise refused(form, say("There is no plan without a budget"), _marked(form, why))
    if money < cost(form, 0):
        why = [say("Made items, their checking and the hours cost {least:,.0f} {currency} before a single label, and "
                   "{money:,.0f} may be spent", money=money, **about)]  # fmt: skip
        raise refused(form, say("The money does not pay for the smallest comparison"), _marked(form, why))
    return money


def _marked(form: PocForm, lines: Sequence[Message]) -> list[Message]:
    return [priced(line, form.worth.illustrative) for line in lines]
