"""Criteria about what people stated: responses, risks, ethics, organisation, budget, watch and signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from shisaku.lab.stages.cells import cell_text, error_cells
from shisaku.lab.stages.form import DUTIES, WATCHED
from shisaku.lab.stages.outcome import Block, Now, Said, money
from shisaku.lab.stages.stage import TITLES, following
from shisaku.lab.stages.state import State, same_person
from shisaku.message import Message, say

SHOWN = 8
DUTY_WORDS = {
    "owner": say("an owner"),
    "training": say("training"),
    "escalation": say("escalation"),
    "on_call": say("a person on call"),
}
WATCH_WORDS = {
    "drift": say("drift of the data"),
    "kpi": say("the KPI in use"),
    "safety": say("safety incidents"),
}


def form(state: State, now: Now) -> Said:
    """Ask that the form people read is the one on record."""
    if now.form is not None:
        return (), [Block(now.form, state.form.responsible)]
    return [say("The form is the one on record")], ()


def responses(state: State, now: Now) -> Said:
    """Ask that somebody answers for every error of the confusion matrix, and that nothing is overdue."""
    classes, owner = state.classes, state.form.responsible
    if len(classes) < 2:
        return (), [Block(say("No classes are known: declare `classes`, or lay a run with a study"), owner)]
    blocks = []
    lacking = [cell_text(cell) for cell in state.unanswered]
    if lacking:
        blocks.append(
            Block(say("{n} errors have no response: {cells}", n=len(lacking), cells=first(lacking)), owner,
                  tuple(lacking))
        )  # fmt: skip
    late: dict[str, list[str]] = defaultdict(list)
    for row in state.form.responses:
        if row.done is None and row.deadline < now.today:
            late[row.owner].append(f"{'/'.join(row.truth)} → {'/'.join(row.answer)} ({row.deadline.isoformat()})")
    blocks += [
        Block(say("Responses are overdue: {cells}", cells=first(rows)), who, tuple(rows)) for who, rows in late.items()
    ]
    cost = sum((row.cost.amount for row in state.form.responses), Decimal(0))
    said = say("All {n} errors have a response; together they cost {money}", n=len(error_cells(classes)),
               money=money(cost, state.form))  # fmt: skip
    return [said], blocks


def risks(state: State, now: Now) -> Said:
    """Ask for a risk register; its shape gives every risk a mitigation, an owner and a measurable trigger."""
    if not state.form.risks:
        return (), [Block(say("The risk register is empty"), state.form.responsible)]
    return [say("{n} risks, each with a mitigation, an owner and a trigger", n=len(state.form.risks))], ()


def ethics(state: State, now: Now) -> Said:
    """Ask who answers for every dataset and every generator that the evidence rests on."""
    asked = state.to_answer_for
    if not asked:
        return (), [Block(say("No dataset is known: lay a run"), state.form.responsible)]
    lacking = [name for name in asked if name not in state.answered_for]
    if lacking:
        what = say("No ethics record for {names}", names=first(lacking))
        return (), [Block(what, state.form.responsible, tuple(lacking))]
    return [say("Ethics records for {names}", names=first(asked))], ()


def organisation(state: State, now: Now) -> Said:
    """Ask for an owner from the start, all duties named before a pilot, and all in place before scale."""
    held = {name: getattr(state.form.organisation, name) for name in DUTIES}
    wanted = DUTIES[:1] if state.stage == "poc" else DUTIES
    blocks = [
        Block(say("The organisation names nobody for {duty}", duty=DUTY_WORDS[name]), state.form.responsible)
        for name in wanted
        if held[name] is None
    ]
    if state.stage == "pilot":
        blocks += [
            Block(say("Not in place yet: {duty} ({who})", duty=DUTY_WORDS[name], who=duty.who), duty.who)
            for name, duty in held.items()
            if duty is not None and duty.done is None
        ]
    return [say("{duty}: {who}", duty=DUTY_WORDS[name], who=one.who) for name, one in held.items() if one], blocks


def budget(state: State, now: Now) -> Said:
    """Ask for a cap, split into units, of this stage and the next, in somebody's figures; spending stops before it."""
    after = following(state.stage)
    stages = [state.stage, *([after] if after else [])]
    shown, blocks = [], []
    if state.form.money.illustrative:
        blocks.append(Block(say("The money of the form is illustrative: nobody gave it"), state.form.responsible))
    for stage in stages:
        cap = state.form.part(stage).budget
        if cap is None:
            blocks.append(Block(say("{stage} has no budget", stage=TITLES[stage]), state.form.responsible))
        else:
            spent = money(state.spent_in(stage), state.form)
            shown.append(say("{stage}: {spent} of {cap} spent, in {n} units", stage=TITLES[stage], spent=spent,
                             cap=money(cap.cap.amount, state.form), n=len(cap.units)))  # fmt: skip
    return shown, blocks


def watch(state: State, now: Now) -> Said:
    """Ask what is watched in the field, and what takes the stage back, before anything is used there."""
    lacking = [name for name in WATCHED if getattr(state.form.watch, name) is None]
    blocks = [
        Block(say("Nothing is said about watching {what}", what=WATCH_WORDS[name]), state.form.responsible)
        for name in lacking
    ]
    return [say("Watched from the pilot on: drift, KPI and safety")], blocks


def signatures(state: State, now: Now) -> Said:
    """Ask that every role of the stage has signed what is there now, each by another person."""
    roles = state.form.part(state.stage).sign
    if not roles:
        return (), [Block(say("No role signs for {stage}", stage=TITLES[state.stage]), state.form.responsible)]
    return list(_signed(state)), list(_unsigned(state))


def _signed(state: State) -> Iterator[Message]:
    for role, one in state.valid_signatures().items():
        yield say("{role}: {name}, {when}", role=role, name=one.name, when=one.when[:10])


def _unsigned(state: State) -> Iterator[Block]:
    there = state.valid_signatures()
    for role in state.form.part(state.stage).sign:
        earlier = [one.name for one in state.signed if one.role == role]
        if role not in there and earlier:
            yield Block(say("The signature of {name} as {role} is void: what was signed changed", name=earlier[-1],
                            role=role), earlier[-1])  # fmt: skip
        elif role not in there:
            yield Block(say("Not signed by: {role}", role=role), role)
    people: dict[str, list[str]] = defaultdict(list)
    for role, one in there.items():
        people[same_person(one.name)].append(role)
    for name, held in people.items():
        if len(held) > 1:
            yield Block(say("{name} signed as {roles}: each role needs another person", name=name,
                            roles=", ".join(held)), state.form.responsible)  # fmt: skip


def first(names: list[str]) -> str:
    """Return the first of many names and how many more there are."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" … (+{rest})" if rest > 0 else "")
