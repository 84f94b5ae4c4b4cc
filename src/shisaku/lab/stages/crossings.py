"""Triggers that have crossed: measured in use, read from the evidence, or following from the record itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shisaku.lab.stages.form import Trigger
from shisaku.lab.stages.outcome import money
from shisaku.lab.stages.readings import broken, readings
from shisaku.lab.stages.stage import STAGES, TITLES, Stage, passed
from shisaku.lab.stages.state import State
from shisaku.message import Message, Value, say


@dataclass(frozen=True, slots=True)
class Crossing:
    """A trigger that is active: its name, what crossed, who looks after it and where it takes the stage."""

    trigger: str
    what: Message
    owner: str
    back_to: Stage | None = None

    def target(self, stage: Stage) -> Stage:
        """Return the stage that `stage` goes back to: the one named, else the one before; itself where none is."""
        behind = passed(stage)
        if self.back_to is None:
            return behind[-1] if behind else stage
        return self.back_to if self.back_to in behind else stage


def crossings(state: State) -> list[Crossing]:
    """Return every trigger that is active in this state."""
    return [*_measured(state), *_kpi(state), *_harm(state), *_overrun(state), *_ethics(state)]


def due(state: State, active: Sequence[Crossing]) -> list[Crossing]:
    """Return the active triggers that have not taken the stage back in this episode."""
    return [one for one in active if (one.trigger, state.since.get(one.trigger, -1)) not in state.served]


def _measured(state: State) -> Iterator[Crossing]:
    for name, trigger in state.form.triggers().items():
        value = state.measured.get(name)
        if value is not None and crosses(trigger, value):
            yield Crossing(name, _said(name, trigger, value), trigger.owner, trigger.back_to)


def crosses(trigger: Trigger, value: float) -> bool:
    """Return whether a value lies beyond the limit of a trigger; on the limit is not beyond."""
    if trigger.above is not None:
        return value > trigger.above
    return trigger.below is not None and value < trigger.below


def _said(name: str, trigger: Trigger, value: float) -> Message:
    figures: dict[str, Value] = {"name": name, "figure": trigger.figure, "value": value}
    if trigger.above is not None:
        return say("{name}: {figure} is {value:g}, above {limit:g}", **figures, limit=trigger.above)
    return say("{name}: {figure} is {value:g}, below {limit:g}", **figures, limit=trigger.below or 0.0)


def _kpi(state: State) -> Iterator[Crossing]:
    """Yield what earlier stages asked for and the evidence now shows not to hold."""
    watch = state.form.watch.kpi
    owner = watch.owner if watch else state.form.responsible
    for stage in passed(state.stage):
        for asked in state.form.part(stage).kpi:
            for what in broken(asked, readings(asked, state.runs, state.form.studies)):
                yield Crossing(f"kpi:{stage}:{asked.title}", what, owner, watch.back_to if watch else None)


def _harm(state: State) -> Iterator[Crossing]:
    watch = state.form.watch.safety
    owner = watch.owner if watch else state.form.responsible
    for study in state.studies:
        for row in study.safety:
            if row["harm_shown"]:
                what = say("{study}: harm is shown on {domain}", study=study.name, domain=str(row["domain"]))
                yield Crossing(f"harm:{study.name}", what, owner, watch.back_to if watch else None)


def _overrun(state: State) -> Iterator[Crossing]:
    for stage in STAGES:
        budget = state.form.part(stage).budget
        for unit, cap in {"": budget.cap, **budget.units}.items() if budget else ():
            spent = state.spent_in(stage, unit)
            if spent > cap.amount:
                what = say("{place}: {spent} is spent, more than the cap of {cap}", place=unit or TITLES[stage],
                           spent=money(spent, state.form), cap=money(cap.amount, state.form))  # fmt: skip
                yield Crossing(f"overrun:{stage}:{unit}", what, state.form.responsible)


def _ethics(state: State) -> Iterator[Crossing]:
    """Yield what the evidence uses and whose record was withdrawn, or was there at an earlier gate and is gone."""
    withdrawn = {name: one for one in state.form.ethics if one.withdrawn is not None for name in one.of}
    asked = set(state.to_answer_for) - state.answered_for
    for name in sorted(asked & (state.cleared | set(withdrawn))):
        owner = withdrawn[name].answers if name in withdrawn else state.form.responsible
        yield Crossing(f"ethics:{name}", say("The ethics record of {name} was withdrawn", name=name), owner)
