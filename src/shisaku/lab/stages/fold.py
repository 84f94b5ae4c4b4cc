"""A record's events, folded one by one into a state; what no gate would have let through is no record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shisaku.errors import DataError
from shisaku.lab.stages.crossings import crossings
from shisaku.lab.stages.facts import RunFacts
from shisaku.lab.stages.form import Form
from shisaku.lab.stages.gate import assess, closed
from shisaku.lab.stages.outcome import Now, money
from shisaku.lab.stages.stage import TITLES, Stage, following, passed, stage_of
from shisaku.lab.stages.state import Signature, State
from shisaku.message import Message, say

Event = Mapping[str, Any]


def fold(events: Iterable[Event]) -> State:
    """Return where a record's events lead. Raises DataError at the first that this program would not have written."""
    state: State | None = None
    for event in events:
        state = after(state, event)
    if state is None:
        raise DataError(say("The record has no event"))
    return state


def after(state: State | None, event: Event) -> State:
    """Return the state after one more event. Raises DataError if it cannot follow, or no gate was open for it."""
    try:
        if state is None:
            if event["kind"] != "form":
                raise _refused(event, say("a record begins with a form"))
            made = _form(event)
        else:
            made = _KINDS[event["kind"]](state, event)
        seq = int(event["seq"])
        since = {one.trigger: made.since.get(one.trigger, seq) for one in crossings(made)}
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise _refused(event, say("{cause}", cause=f"{type(error).__name__} {error}"[:200])) from None
    return replace(made, since=since)


def _form(event: Event) -> State:
    form = Form.model_validate(event["form"])
    return State(form, str(event["sha256"]), str(event["file"]), formed=int(event["seq"]))


def _reformed(state: State, event: Event) -> State:
    new = _form(event)
    why = no_change(state, new.form)
    if why is not None:
        raise _refused(event, why)
    return replace(state, form=new.form, form_sha=new.form_sha, form_file=new.form_file, formed=new.formed)


def no_change(state: State, form: Form) -> Message | None:
    """Return why a form cannot take the place of the one on record, None where it can."""
    if state.spent and form.money.currency != state.form.money.currency:
        return say("money was spent in {ours}: the form cannot go over to {theirs}",
                   ours=state.form.money.currency, theirs=form.money.currency)  # fmt: skip
    gone = sorted(set(state.since) & set(state.form.triggers()) - set(form.triggers()))
    if gone:
        return say("the trigger {name} is active: it cannot leave the form", name=gone[0])
    return None


def _evidence(state: State, event: Event) -> State:
    return replace(state, runs=tuple(RunFacts.from_json(raw) for raw in event["runs"]), laid=int(event["seq"]))


def _signed(state: State, event: Event) -> State:
    one = Signature(*(str(event[name]) for name in Signature._fields))
    if one.of != state.document or one.role not in state.form.part(state.stage).sign:
        raise _refused(event, say("it signs something else than what was there"))
    return replace(state, signed=(*state.signed, one))


def _spent(state: State, event: Event) -> State:
    stage, unit, amount = state.stage, str(event["unit"]), Decimal(event["amount"])
    foreign = event["currency"] != state.form.money.currency
    if event["stage"] != stage or foreign or amount <= 0 or over_cap(state, unit, amount) is not None:
        raise _refused(event, say("no cap allows this spend"))
    spent = {**state.spent, (stage, unit): state.spent.get((stage, unit), Decimal(0)) + amount}
    return replace(state, spent=spent)


def over_cap(state: State, unit: str, amount: Decimal) -> Message | None:
    """Return why an amount may not be spent on a unit of this stage, None where it may.

    Raises KeyError where the stage has no such unit.
    """
    budget = state.form.part(state.stage).budget
    if budget is None:
        raise KeyError(unit)
    for name, cap in ((unit, budget.units[unit]), ("", budget.cap)):
        left = cap.amount - state.spent_in(state.stage, name)
        if amount > left:
            return say(
                "{amount} would exceed the cap of {place}: of {cap} there is left {left}",
                place=name or TITLES[state.stage],
                **{
                    key: money(one, state.form)
                    for key, one in (("amount", amount), ("cap", cap.amount), ("left", left))
                },
            )
    return None


def _measured(state: State, event: Event) -> State:
    if event["trigger"] not in state.form.triggers():
        raise _refused(event, say("there is no such trigger"))
    return replace(state, measured={**state.measured, str(event["trigger"]): float(event["value"])})


def _advanced(state: State, event: Event) -> State:
    to = following(state.stage)
    if event["from"] != state.stage or to is None or event["to"] != to:
        raise _refused(event, say("no stage leads from {one} to {two}", one=str(event["from"]), two=str(event["to"])))
    outcomes = assess(state, Now(date.fromisoformat(str(event["when"])[:10])))
    if closed(outcomes):
        names = ", ".join(one.criterion for one in outcomes if not one.met)
        raise _refused(event, say("the gate was closed: {names}", names=names))
    return replace(
        state,
        stage=to,
        entered=int(event["seq"]),
        used=state.used | {study.plan for study in state.studies},
        cleared=frozenset(state.answered_for & set(state.to_answer_for)),
    )


def _rolled_back(state: State, event: Event) -> State:
    to: Stage | None = stage_of(event["to"])
    if event["from"] != state.stage or to is None or to not in passed(state.stage):
        raise _refused(event, say("{one} does not lie before {two}", one=str(event["to"]), two=str(event["from"])))
    # What is active now is what this rollback is about, whoever ordered it: one episode takes a stage back once.
    served = state.served | frozenset(state.since.items())
    return replace(state, stage=to, entered=int(event["seq"]), served=served)


def _nothing(state: State, event: Event) -> State:
    return state


_KINDS: Final[Mapping[str, Callable[[State, Event], State]]] = {
    "form": _reformed,
    "evidence": _evidence,
    "signed": _signed,
    "spent": _spent,
    "stopped": _nothing,
    "measured": _measured,
    "advanced": _advanced,
    "rolled_back": _rolled_back,
}


def _refused(event: Event, why: Message) -> DataError:
    return DataError(
        say("Event {n} of the record cannot be: {why}", n=str(event.get("seq", "?")), why=why),
        next=say("Put the record back as it was; one that was changed opens no gate"),
    )
