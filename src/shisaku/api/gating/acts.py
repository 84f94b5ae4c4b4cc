"""What people add to the record of a gate while a stage goes on: signatures, spends and measured values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.api.gating.moves import Clock, utc
from shisaku.errors import RecipeError
from shisaku.message import say


def gate_sign(record: str | Path, name: str, role: str, *, clock: Clock = utc) -> dict[str, Any]:
    """Sign, as `name` in a role, the form and the evidence as they are in this stage; no proof of a person.

    Raises RecipeError for a role that the stage does not ask for, or while form or runs are not those on record,
    DataError, MachineError.
    """
    from shisaku.api.gating.look import outside
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told

    at = clock()
    with writing(record_path(Path(record))) as held:
        state = held.state
        _known("role", role, state.form.part(state.stage).sign, held.path)
        if not name.strip():
            raise RecipeError(say("A signature needs a name"), str(held.path), say("Give it with --as"))
        now = outside(state, held.path, at.date())
        for why in (now.form, *now.runs.values()):
            if why is not None:
                raise RecipeError(why, str(held.path), say("Call `shisaku gate update` first, and read what changed"))
        held.add("signed", at, name=name.strip(), role=role, of=state.document)
        return told(held, at)


def gate_spend(
    record: str | Path, amount: str, currency: str, unit: str, *, note: str = "", clock: Clock = utc
) -> dict[str, Any]:
    """Enter a spend of this stage before it is made; `spent` is false, and nothing is booked, if it exceeds a cap.

    Raises RecipeError for another currency, an unknown unit and an amount that is none, DataError, MachineError.
    """
    from pydantic_core import PydanticCustomError

    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told
    from shisaku.lab.stages.fold import over_cap
    from shisaku.lab.stages.values import read_sum

    try:
        asked = read_sum(amount).amount
    except PydanticCustomError:
        asked = None
    if not asked:
        raise RecipeError(
            say("{amount} is no amount above 0", amount=amount[:40]), next=say("Write it as 1200 or 12.50")
        )
    at = clock()
    with writing(record_path(Path(record))) as held:
        state = held.state
        if currency != state.form.money.currency:
            raise RecipeError(
                say("The spend is in {theirs}, the form is in {ours}", theirs=currency, ours=state.form.money.currency),
                str(held.path),
                say("Give all money in one currency"),
            )
        budget = state.form.part(state.stage).budget
        _known("unit", unit, list(budget.units) if budget else [], held.path)
        why = over_cap(state, unit, asked)
        kind = "spent" if why is None else "stopped"
        held.add(kind, at, stage=state.stage, unit=unit, amount=str(asked), currency=currency, note=note)
        return {**told(held, at), "spent": why is None, "stopped": why.with_text() if why else None}


def gate_trigger(record: str | Path, name: str, value: float, *, note: str = "", clock: Clock = utc) -> dict[str, Any]:
    """Enter what a trigger measures; where it crosses its limit, the stage goes back at once (`rolled_back`).

    Raises RecipeError for a trigger that the form does not have and a value that is no number, DataError, MachineError.
    """
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told

    at = clock()
    with writing(record_path(Path(record))) as held:
        _known("trigger", name, list(held.state.form.triggers()), held.path)
        if not math.isfinite(value):
            raise RecipeError(say("A measured value is a finite number"), str(held.path))
        held.add("measured", at, trigger=name, value=value, note=note)
        return told(held, at)


def _known(kind: str, name: str, names: Sequence[str], where: Path) -> None:
    if name not in names:
        what = {
            "role": say("This stage asks for no role {name}", name=name),
            "unit": say("The budget of this stage has no unit {name}", name=name),
            "trigger": say("The form has no trigger {name}", name=name),
        }
        raise RecipeError(what[kind], str(where), say("there is {known}", known=", ".join(names) or "-"))
