"""A record as one document: what ``--json`` prints, and the terminal and the page show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shisaku.api.gating.history import history
from shisaku.api.gating.stand import Stand, stand
from shisaku.lab.stages.cells import answered, cell_text, error_cells
from shisaku.lab.stages.crossings import crossings
from shisaku.lab.stages.form import DUTIES
from shisaku.lab.stages.gate import NEXT, TITLES
from shisaku.lab.stages.on_form import DUTY_WORDS
from shisaku.lab.stages.outcome import Outcome, money
from shisaku.lab.stages.stage import STAGES, following
from shisaku.lab.stages.stage import TITLES as STAGE_TITLES

if TYPE_CHECKING:
    from shisaku.api.gating.record import Record
    from shisaku.lab.stages.facts import RunFacts
    from shisaku.lab.stages.state import State
    from shisaku.message import Message

SCHEMA = 1


def told(held: Record, at: datetime, found: Stand | None = None) -> dict[str, Any]:
    """Return where a record stands; what has crossed takes the stage back first, unless `found` says where it stands.

    Raises MachineError.
    """
    found = found or stand(held, at)
    state = held.state
    after = following(state.stage)
    return {
        "schema": SCHEMA,
        "record": str(held.path),
        "title": state.form.title,
        "stage": state.stage,
        "stage_title": STAGE_TITLES[state.stage].with_text(),
        "next": after,
        "next_title": STAGE_TITLES[after].with_text() if after else None,
        "open": found.open,
        "rolled_back": [one.with_text() for one in found.fired],
        "changed": [one.with_text() for one in (found.now.form, *found.now.runs.values()) if one is not None],
        "blocks": [row for one in found.outcomes for row in _blocks(one)],
        "criteria": [_criterion(one) for one in found.outcomes],
        "money": {"currency": state.form.money.currency, "illustrative": state.form.money.illustrative},
        "budget": [row for stage in STAGES for row in _budget(state, stage)],
        "triggers": list(_triggers(state)),
        "responses": list(_responses(state)),
        "risks": [{"name": one.name, "mitigation": one.mitigation, "owner": one.owner} for one in state.form.risks],
        "ethics": [one.model_dump(mode="json") for one in state.form.ethics],
        "organisation": list(_organisation(state)),
        "signatures": list(_signatures(state)),
        "evidence": [_run(run, found.now.runs.get(run.path)) for run in state.runs],
        "history": history(held.events, state.form),
        "head": {"records": held.head.records, "hash": held.head.hash},
        "form": {"file": state.form_file, "sha256": state.form_sha},
        "when": at.isoformat(timespec="seconds"),
    }


def _blocks(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for block in outcome.blocks:
        yield {
            "criterion": outcome.criterion,
            "title": TITLES[outcome.criterion].with_text(),
            "what": block.what.with_text(),
            "who": block.who,
            "next": NEXT[outcome.criterion].with_text(),
            "about": list(block.about),
        }


def _criterion(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.criterion,
        "title": TITLES[outcome.criterion].with_text(),
        "met": outcome.met,
        "shown": [one.with_text() for one in outcome.shown],
    }


def _budget(state: State, stage: Any) -> Iterator[dict[str, Any]]:
    budget = state.form.part(stage).budget
    for unit, cap in {"": budget.cap, **budget.units}.items() if budget else ():
        spent = state.spent_in(stage, unit)
        yield {
            "stage": stage,
            "title": STAGE_TITLES[stage].with_text(),
            "unit": unit,
            "cap": str(cap.amount),
            "spent": str(spent),
            "left": str(cap.amount - spent),
            "said": {name: money(amount, state.form).with_text() for name, amount in
                     (("cap", cap.amount), ("spent", spent), ("left", cap.amount - spent))},
        }  # fmt: skip


def _triggers(state: State) -> Iterator[dict[str, Any]]:
    """Yield every trigger of the form, then those that follow from the evidence or the record and are active."""
    active = {one.trigger: one for one in crossings(state)}
    for name, one in state.form.triggers().items():
        yield {
            "name": name,
            "figure": one.figure,
            "above": one.above,
            "below": one.below,
            "back_to": one.back_to,
            "owner": one.owner,
            "value": state.measured.get(name),
            "crossed": name in active,
            "what": active[name].what.with_text() if name in active else None,
        }
    for name in active.keys() - state.form.triggers().keys():
        crossed = active[name]
        yield {"name": name, "figure": "", "above": None, "below": None, "back_to": crossed.back_to,
               "owner": crossed.owner, "value": None, "crossed": True, "what": crossed.what.with_text()}  # fmt: skip


def _responses(state: State) -> Iterator[dict[str, Any]]:
    """Yield who answers for each error, cell by cell; an error without a response has an empty owner."""
    rows = answered(state.form.responses, state.classes)
    for cell in error_cells(state.classes):
        row = state.form.responses[rows[cell][0]] if cell in rows else None
        yield {
            "truth": cell[0],
            "answer": cell[1],
            "cell": cell_text(cell),
            "owner": row.owner if row else "",
            "action": row.action if row else "",
            "cost": money(row.cost.amount, state.form).with_text() if row else None,
            "deadline": row.deadline.isoformat() if row else None,
            "done": row.done.isoformat() if row and row.done else None,
        }


def _organisation(state: State) -> Iterator[dict[str, Any]]:
    for name in DUTIES:
        duty = getattr(state.form.organisation, name)
        told: Mapping[str, Any] = duty.model_dump(mode="json") if duty else {"who": "", "what": "", "done": None}
        yield {"duty": name, "title": DUTY_WORDS[name].with_text(), **told}


def _signatures(state: State) -> Iterator[dict[str, Any]]:
    """Yield the roles of this stage and who signed as them; a signature of something else is void."""
    valid = state.valid_signatures()
    for role in state.form.part(state.stage).sign:
        last = next((one for one in reversed(state.signed) if one.role == role), None)
        yield {
            "role": role,
            "name": last.name if last else "",
            "when": last.when if last else None,
            "valid": role in valid,
        }


def _run(run: RunFacts, changed: Message | None) -> dict[str, Any]:
    studies = [{"name": one.name, "decision": one.decision, "simulated": one.simulated} for one in run.studies]
    return {"run": run.path, "files": dict(run.files), "changed": changed.with_text() if changed else None,
            "datasets": list(run.datasets), "batches": dict(run.batches),
            "studies": studies}  # fmt: skip
