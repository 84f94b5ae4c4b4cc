"""The gate between two stages: which criteria must hold, and whether they do. There is no other way on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shisaku.lab.stages import on_evidence, on_form
from shisaku.lab.stages.crossings import crossings
from shisaku.lab.stages.outcome import Block, Now, Outcome, Said
from shisaku.lab.stages.stage import Stage
from shisaku.lab.stages.state import State
from shisaku.message import Message, say

Criterion = Callable[[State, Now], Said]


def _triggers(state: State, now: Now) -> Said:
    """Ask that no trigger is active."""
    active = crossings(state)
    return [say("No trigger has crossed")], [Block(one.what, one.owner) for one in active]


CRITERIA: Final[Mapping[str, Criterion]] = {
    "form": on_form.form,
    "evidence": on_evidence.evidence,
    "fresh": on_evidence.fresh,
    "diversity": on_evidence.diversity,
    "labels": on_evidence.labels,
    "kpi": on_evidence.kpi,
    "made": on_evidence.made,
    "decision": on_evidence.decision,
    "safety": on_evidence.safety,
    "field": on_evidence.field,
    "worth": on_evidence.worth,
    "responses": on_form.responses,
    "risks": on_form.risks,
    "ethics": on_form.ethics,
    "organisation": on_form.organisation,
    "watch": on_form.watch,
    "budget": on_form.budget,
    "triggers": _triggers,
    "signatures": on_form.signatures,
}
TITLES: Final[Mapping[str, Message]] = {
    "form": say("Form"),
    "evidence": say("Evidence"),
    "fresh": say("Evidence of this stage"),
    "diversity": say("Diversity"),
    "labels": say("Label quality"),
    "kpi": say("KPI"),
    "made": say("Quality of made data"),
    "decision": say("Decision"),
    "safety": say("Safety"),
    "field": say("Field evaluation"),
    "worth": say("Worth going on"),
    "responses": say("Responses to errors"),
    "risks": say("Risk register"),
    "ethics": say("Ethics"),
    "organisation": say("Organisation"),
    "watch": say("Watch in use"),
    "budget": say("Budget"),
    "triggers": say("Triggers"),
    "signatures": say("Signatures"),
}
LATER: Final = ("decision", "watch")
LAST: Final = ("field",)
FIRST: Final = tuple(name for name in CRITERIA if name not in (*LATER, *LAST))
# What must hold to leave a stage; nothing leaves scale but a rollback.
REQUIRED: Final[Mapping[Stage, tuple[str, ...]]] = {
    "poc": FIRST,
    "fine_tune": (*FIRST, *LATER),
    "pilot": (*FIRST, *LATER, *LAST),
    "scale": (),
}
# Who must do what next, by criterion: the sentence that follows the name of the person.
NEXT: Final[Mapping[str, Message]] = {
    "form": say("take the form into the record with `shisaku gate update`"),
    "evidence": say("lay finished runs with `shisaku gate update RECORD RUN`"),
    "fresh": say("measure in this stage, by a new plan, and lay the run with `shisaku gate update RECORD RUN`"),
    "diversity": say("show it in a run, or make the data better, and lay the run"),
    "labels": say("repair the labels, or show their quality in a run, and lay the run"),
    "kpi": say("show it in a run, and lay the run"),
    "made": say("judge what was made with `shisaku measure`, and lay the run again"),
    "decision": say("go on only with a study that says ADOPT; see what its report advises"),
    "safety": say("show it with more test items where it is open; where harm is shown, do not use it"),
    "field": say("evaluate on the pilot's own items (an external domain, or `shisaku prove --predictions`)"),
    "worth": say("give your own costs in the recipe's `kpi:` and run it again, or stop here"),
    "responses": say("write owner, action, cost and deadline into the form, then `shisaku gate update`"),
    "risks": say("write the risks into the form, then `shisaku gate update`"),
    "ethics": say("write the records into the form, then `shisaku gate update`"),
    "organisation": say("fill in `organisation:` in the form, then `shisaku gate update`"),
    "watch": say("fill in `watch:` in the form, then `shisaku gate update`"),
    "budget": say("write your own budget into the form, then `shisaku gate update`"),
    "triggers": say("remove the cause, measure again and tell it with `shisaku gate trigger`"),
    "signatures": say("read the page, then `shisaku gate sign`"),
}


def assess(state: State, now: Now) -> list[Outcome]:
    """Return what each criterion says that the next stage asks for, in a fixed order; none after the last stage."""
    return [_outcome(name, state, now) for name in CRITERIA if name in REQUIRED[state.stage]]


def closed(outcomes: Sequence[Outcome]) -> bool:
    """Return whether a gate is closed: a criterion does not hold, or there is no further stage."""
    return not outcomes or not all(one.met for one in outcomes)


def _outcome(name: str, state: State, now: Now) -> Outcome:
    shown, blocks = CRITERIA[name](state, now)
    return Outcome(name, tuple(shown), tuple(blocks))
