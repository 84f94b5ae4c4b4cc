"""Criteria about what runs show: the three base gates, what was made, safety, worth, decision and field evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shisaku.core.verdict import PILOT
from shisaku.lab.stages.facts import Ends, Study, studies_of
from shisaku.lab.stages.outcome import Block, Now, Said, money
from shisaku.lab.stages.readings import interval, readings, told, unmet
from shisaku.lab.stages.stage import TITLES, following
from shisaku.lab.stages.state import State
from shisaku.lab.stages.threshold import Threshold
from shisaku.message import Message, say

EXTERNAL = "external"
PASSED = "passed"


def evidence(state: State, now: Now) -> Said:
    """Ask for runs that are finished, whole and still what they were, and hold the studies that the form names."""
    wrong = [] if state.runs else [say("No run was laid as evidence")]
    for run in state.runs:
        if run.path in now.runs:
            wrong.append(now.runs[run.path])
        elif run.state != "done":
            wrong.append(say("{run} is not finished", run=run.path))
        elif run.preview:
            wrong.append(say("{run} is a preview: a look, no evidence", run=run.path))
    there = {study.name for study in state.studies}
    absent = [name for name in state.form.studies if name not in there]
    if absent:
        wrong.append(say("No run holds the study {names}", names=", ".join(absent)))
    elif state.runs and not there:
        wrong.append(say("No run holds a study"))
    return [say("{n} runs, unchanged since they were laid", n=len(state.runs))], _blocks(state, wrong)


def fresh(state: State, now: Now) -> Said:
    """Ask for evidence of the stage's own: a study whose plan no earlier gate rested on."""
    new = [study.name for study in state.studies if state.is_new(study)]
    if new:
        return [say("Studies of this stage: {names}", names=", ".join(new))], ()
    return (), _blocks(state, [say("Nothing was measured in this stage: earlier gates rest on every study laid")])


def diversity(state: State, now: Now) -> Said:
    """Ask for the first base gate."""
    return _asked(state, state.form.gates.diversity, say("Nothing is asked about diversity (`gates: diversity:`)"))


def labels(state: State, now: Now) -> Said:
    """Ask for the second base gate."""
    return _asked(state, state.form.gates.labels, say("Nothing is asked about label quality (`gates: labels:`)"))


def kpi(state: State, now: Now) -> Said:
    """Ask for the third base gate, with the thresholds of the stage."""
    nothing = say("No KPI is asked of {stage}", stage=TITLES[state.stage])
    return _asked(state, state.form.part(state.stage).kpi, nothing)


def made(state: State, now: Now) -> Said:
    """Ask for the quality of generated data, itself a KPI: what was trained on was judged and passed its gate."""
    held = [
        (name, run.batches.get(name, ""))
        for run, study in studies_of(state.runs, state.form.studies)
        for name in study.batches
    ]
    if not held:
        return (), _blocks(state, [say("No run shows the quality of what was made")])
    wrong = [
        say("{batch} did not pass its judges ({state}): `shisaku measure` judges what nothing judged", batch=name,
            state=found or "-")
        for name, found in dict.fromkeys(held)
        if found != PASSED
    ]  # fmt: skip
    names = dict.fromkeys(name for name, _ in held)
    return [say("Judged and passed: {names}", names=", ".join(names))], _blocks(state, wrong)


def safety(state: State, now: Now) -> Said:
    """Ask that no harm is shown anywhere, and before scale that there is none at any place of deployment."""
    shown: list[Message] = []
    wrong: list[Message] = []
    for study in state.studies:
        if not study.safety:
            wrong.append(say("{study} shows nothing about safety", study=study.name))
        for row in study.safety:
            ends = Ends.of(row)
            figures = {"study": study.name, "domain": str(row["domain"]), "figure": interval(ends) if ends else "-"}
            if row["harm_shown"]:
                wrong.append(say("{study}: harm is shown on {domain}: {figure}", **figures))
            elif row["shown"]:
                shown.append(say("{study}: no loss beyond the margin on {domain}: {figure}", **figures))
            elif state.stage == "pilot":
                wrong.append(say("{study}: safety is not shown on {domain}: {figure}", **figures))
            else:
                shown.append(say("{study}: safety is not shown on {domain}, nor harm: {figure}", **figures))
    if not state.studies:
        wrong.append(say("No run holds a study"))
    return shown, _blocks(state, wrong)


def worth(state: State, now: Now) -> Said:
    """Ask that going on has a positive expected value, given the interval as it is (protocol D.5).

    That is the net present value of a study that was told what its answers cost, else the yearly money; the middle of
    a range that has no median; less the cap of the next stage, unless an investment was counted.
    """
    told = [(study.name, *_worth(state, study)) for study in state.studies]
    shown = [
        say("{study}: going on is worth {figure}", study=name, figure=figure) for name, figure, why in told if not why
    ]
    wrong = [why for _, _, why in told if why]
    return shown, _blocks(state, wrong or ([] if told else [say("No run holds a study")]))


def _worth(state: State, study: Study) -> tuple[str, Message | None]:
    """Return what going on is worth by a study, and why that does not open the gate, None where it does."""
    row, after = study.worth or study.money, following(state.stage)
    ends, budget = Ends.of(row), state.form.part(after).budget if after else None
    if row is None or ends is None:
        return "", say("{study}: what going on is worth is not shown", study=study.name)
    currency = str(row.get("currency", ""))
    figure, ours = f"{interval(ends)} {currency}", state.form.money.currency
    if row.get("illustrative"):
        return figure, say("{study}: {figure} is illustrative, not your figure", study=study.name, figure=figure)
    if currency != ours:
        return figure, say(
            "{study} counts in {theirs}, the form in {ours}", study=study.name, theirs=currency, ours=ours
        )
    cap = Decimal(0) if budget is None or row.get("net") else budget.cap.amount
    lost = say("{study}: going on is expected to lose: {figure}, and the next stage may cost {cap}",
               study=study.name, figure=figure, cap=money(cap, state.form))  # fmt: skip
    return figure, lost if ends.value <= cap else None


def decision(state: State, now: Now) -> Said:
    """Ask for ADOPT, or before a pilot ADOPT for a pilot; before scale for no exploration and no simulation."""
    found = [(study, _against(study, last=state.stage == "pilot")) for study in state.studies]
    shown = [say("{study}: {decision}", study=one.name, decision=one.decision) for one, why in found if not why]
    wrong = [why for _, why in found if why]
    if not found:
        wrong.append(say("No run holds a study"))
    return shown, _blocks(state, wrong)


def field(state: State, now: Now) -> Said:
    """Ask for an evaluation in the field: a study of this stage on a real test set of its own, as it is."""
    seen = [s.name for s in state.studies if state.is_new(s) and s.kind == EXTERNAL and not s.simulated]
    if seen:
        return [say("Evaluated in the field: {names}", names=", ".join(seen))], ()
    what = say("No field evaluation: no new study on an external, real test set was laid in the pilot")
    return (), _blocks(state, [what])


def _against(study: Study, *, last: bool) -> Message | None:
    """Return why a decision does not open the gate, None where it does."""
    if study.stops:
        return say("{study} was stopped: {why}", study=study.name, why=Message.from_json(study.stops[0]))
    for_pilot = study.decision == "ABSTAIN" and study.ceiling == PILOT and study.primary == "ADOPT"
    if study.decision != "ADOPT" and (last or not for_pilot):
        return say("{study}: {decision}; ADOPT is needed", study=study.name, decision=study.decision or "-")
    if last and study.exploratory:
        return say("{study}: its plan was exploratory", study=study.name)
    if last and study.simulated:
        return say("{study}: its main place of use is simulated", study=study.name)
    return None


def _asked(state: State, asked: Sequence[Threshold], nothing: Message) -> Said:
    if not asked:
        return (), _blocks(state, [nothing])
    shown: list[Message] = []
    wrong: list[Message] = []
    for one in asked:
        found = readings(one, state.runs, state.form.studies)
        why = unmet(one, found)
        wrong += why
        shown += [] if why else [told(one, reading) for reading in found]
    return shown, _blocks(state, wrong)


def _blocks(state: State, wrong: Sequence[Message]) -> list[Block]:
    different = {str(what): what for what in wrong}
    return [Block(what, state.form.responsible) for what in different.values()]
