"""A form that is filled in, and what runs show that satisfies it: tests take one thing away at a time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from shisaku.lab.stages.fold import after
from shisaku.lab.stages.gate import assess
from shisaku.lab.stages.outcome import Now
from shisaku.lab.stages.state import State

TODAY = date(2027, 1, 15)
WHEN = "2027-01-15T09:00:00+00:00"
Form = dict[str, Any]
Facts = dict[str, Any]


def form() -> Form:
    """A form that lacks nothing, for the classes good and bad."""
    stage = {
        "kpi": [{"figure": "gain", "least": 0.0}, {"figure": "money", "least": 1.0}],
        "sign": ["owner", "quality"],
        "budget": {"cap": 1000, "units": {"labels": 600, "compute": "400 JPY"}},
    }
    trigger = {"figure": "share", "owner": "Sato", "above": 0.2}
    answers = {"owner": "Sato", "action": "look again", "cost": 10, "deadline": "2027-06-30"}
    duty = {"who": "Sato", "what": "as written", "done": "2027-01-01"}
    ethics = dict.fromkeys(("purpose", "consent", "misuse", "affected"), "as written")
    return {
        "schema": 1,
        "title": "Sorting parts",
        "money": {"currency": "JPY"},
        "gates": {
            "diversity": [{"metric": "diversity", "finding": "variety", "least": 0.1}],
            "labels": [{"metric": "label_errors", "issues": 0.1}],
        },
        "stages": {name: copy.deepcopy(stage) for name in ("poc", "fine_tune", "pilot", "scale")},
        "responses": [
            {"truth": "good", "answer": "bad", **answers},
            {"truth": "bad", "answer": "good", **answers},
            {"truth": "any", "answer": "review", **answers},
        ],
        "risks": [{"name": "new defect", "mitigation": "collect it", "owner": "Kato", "trigger": {**trigger}}],
        "watch": {
            "drift": {**trigger, "back_to": "fine_tune"},
            "kpi": {"figure": "share", "owner": "Sato", "below": 0.9},
            "safety": {"figure": "incidents", "owner": "Sato", "above": 0, "back_to": "poc"},
        },
        "ethics": [{"of": ["photos", "image.restyle"], "answers": "Kato", **ethics}],
        "organisation": {name: dict(duty) for name in ("owner", "training", "escalation", "on_call")},
    }


def study(plan: str = "p1", **changed: Any) -> Facts:
    """Facts of a study that says ADOPT on an external test set, safe, with the user's own costs."""
    return {
        "name": "main", "plan": plan, "decision": "ADOPT", "ceiling": "ADOPT", "primary": "ADOPT",
        "exploratory": False, "simulated": False, "kind": "external", "classes": ["bad", "good"], "stops": [],
        "batches": ["restyled"], "generators": ["image.restyle"],
        "safety": [{"domain": "line", "low": -0.01, "high": 0.05, "shown": True, "harm_shown": False}],
        "gain": {"value": 0.05, "low": 0.03, "high": 0.07, "n": 200}, "score": None, "worth": None, "counts": {},
        "money": {"low": 5000.0, "high": 9000.0, "currency": "JPY", "illustrative": False},
        **changed,
    }  # fmt: skip


def run(plan: str = "p1", **changed: Any) -> Facts:
    """Facts of a finished run; `changed` are keys of the run, or of its study where a run has no such key."""
    made = {
        "path": f"runs/{plan}", "files": {"run.json": plan}, "state": "done", "preview": False,
        "datasets": ["photos"], "batches": {"restyled": "passed"},
        "findings": [{"step": "diversity", "name": "variety", "value": 0.3, "low": 0.2, "high": 0.4, "n": 100}],
        "issues": [{"step": "label_errors", "hits": 1, "n": 200}], "figures": {},
    }  # fmt: skip
    of_run = {key: value for key, value in changed.items() if key in made}
    of_study = {key: value for key, value in changed.items() if key not in made}
    return {**made, "studies": [study(plan, **of_study)], **of_run}


class History:
    """Events that are folded as they come; `refused` says that the last was not one a gate lets through."""

    def __init__(self, told: Form | None = None, runs: Iterable[Facts] = ()) -> None:
        self.state: State | None = None
        self.seq = 0
        self.events: list[dict[str, Any]] = []
        self.form(told or form())
        if runs:
            self.evidence(*runs)

    @property
    def now(self) -> State:
        assert self.state is not None
        return self.state

    def add(self, kind: str, **told: Any) -> State:
        event = {"kind": kind, "seq": self.seq + 1, "when": WHEN, **told}
        self.state = after(self.state, event)
        self.events.append(event)
        self.seq += 1
        return self.state

    def form(self, told: Form) -> State:
        return self.add("form", form=told, sha256=repr(told), file="gate.yaml")

    def evidence(self, *runs: Facts) -> State:
        return self.add("evidence", runs=list(runs))

    def sign(self, *people: tuple[str, str]) -> State:
        for name, role in people or (("Sato", "owner"), ("Kato", "quality")):
            self.add("signed", name=name, role=role, of=self.now.document)
        return self.now

    def advance(self, **told: Any) -> State:
        order = ("poc", "fine_tune", "pilot", "scale")
        steps = {"from": self.now.stage, "to": order[min(order.index(self.now.stage) + 1, 3)], **told}
        return self.add("advanced", shown={}, **steps)

    def back(self, to: str, triggers: Iterable[str] = ()) -> State:
        told = {"from": self.now.stage, "to": to, "why": [{"template": "x", "values": {}}], "name": ""}
        return self.add("rolled_back", triggers=list(triggers), **told)


def reached(stage: str, told: Form | None = None) -> History:
    """A history that came to a stage by the only way there is, with the evidence of that stage laid and signed."""
    history = History(told, [run("p-poc")])
    for name in ("poc", "fine_tune", "pilot"):
        history.evidence(run(f"p-{name}"))
        history.sign()
        if name == stage:
            return history
        history.advance()
    return history


def blocked(state: State, today: date = TODAY) -> list[str]:
    """The criteria that do not hold."""
    return [one.criterion for one in assess(state, Now(today)) if not one.met]


def said(state: State, today: date = TODAY) -> str:
    """Everything that blocks, as text."""
    return "\n".join(str(block.what) for one in assess(state, Now(today)) for block in one.blocks)


def write_form(folder: Path, change: Callable[[Form], object] | None = None) -> Path:
    """Write the form as YAML."""
    told = form()
    if change:
        change(told)
    path = folder / "gate.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
