"""What happened in a record, one sentence for each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shisaku.lab.stages.form import Form
from shisaku.lab.stages.outcome import money
from shisaku.lab.stages.stage import TITLES
from shisaku.message import Message, say

Event = Mapping[str, Any]


def history(events: Sequence[Event], form: Form) -> list[dict[str, Any]]:
    """Return number, time, kind and sentence of every event; `form` says whether its money is an illustration."""
    rows, before = [], None
    for event in events:
        is_form = event["kind"] == "form"
        what = _taken_in(event, before) if is_form else _said(event, form)
        before = event["form"] if is_form else before
        rows.append({key: event[key] for key in ("seq", "when", "kind")}
                    | {"what": what.with_text(), "shown": event.get("shown", {})})  # fmt: skip
    return rows


def _taken_in(event: Event, before: Mapping[str, Any] | None) -> Message:
    if before is None:
        return say("The form {file} was taken in", file=event["file"])
    now = event["form"]
    changed = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    return say("The form {file} was taken in again; changed: {names}", file=event["file"],
               names=", ".join(changed) or "-")  # fmt: skip


def _said(event: Event, form: Form) -> Message:
    kind = str(event["kind"])
    if kind == "evidence":
        return say("Laid as evidence: {names}", names=", ".join(run["path"] for run in event["runs"]) or "-")
    if kind == "signed":
        return say("{name} signed as {role}", name=event["name"], role=event["role"])
    if kind == "measured":
        return _noted(say("{name} was measured: {value:g}", name=event["trigger"], value=event["value"]), event)
    if kind in ("spent", "stopped"):
        amount, unit = money(Decimal(event["amount"]), form), str(event["unit"])
        done = (
            say("Spent on {unit}: {amount}", unit=unit, amount=amount)
            if kind == "spent"
            else say("Stopped before a spend on {unit}: {amount}", unit=unit, amount=amount)
        )
        return _noted(done, event)
    stages = {name: TITLES[str(event[name])] for name in ("from", "to")}
    if kind == "advanced":
        return say("Went on from {one} to {two}", one=stages["from"], two=stages["to"])
    why = [Message.from_json(one) for one in event["why"]]
    back = say("Went back from {one} to {two}: {why}", one=stages["from"], two=stages["to"], why=why[0])
    return say("{what} ({name})", what=back, name=event["name"]) if event["name"] else back


def _noted(message: Message, event: Event) -> Message:
    return say("{what} ({name})", what=message, name=event["note"]) if event.get("note") else message
