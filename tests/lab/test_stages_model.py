"""All ways through the stages, enumerated: scale is reached through every gate with all it asks for, or not at all."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from stages_material import TODAY, WHEN, form, run

from shisaku.errors import DataError
from shisaku.lab.stages import fold, gate
from shisaku.lab.stages.crossings import Crossing, crossings, due
from shisaku.lab.stages.fold import after
from shisaku.lab.stages.outcome import Block, Now, Outcome
from shisaku.lab.stages.stage import STAGES
from shisaku.lab.stages.state import State
from shisaku.message import say

GOOD = form()
POOR = {**form(), "risks": []}
TIGHT = form()  # the cap of the PoC is less than what the world below spends in it
TIGHT["stages"]["poc"]["budget"] = {"cap": 300, "units": {"labels": 100, "compute": 100}}
FORMS = {"good": GOOD, "poor": POOR, "tight": TIGHT}
RUNS = {
    "p1": run("p1"),
    "p2": run("p2"),
    "p3": run("p3"),
    "lab": run("lab", kind="resplit"),
}


@dataclass(frozen=True)
class Seen:
    """What the test itself keeps of a way: it knows the rules from the documents, not from the code."""

    stage: str = "poc"
    form: str = "good"
    runs: str = ""
    signed: bool = False
    used: frozenset[str] = frozenset()
    drift: str = ""  # "", "crossed" (not yet served), "served"
    overrun: str = ""
    spent: tuple[int, ...] = (0, 0, 0, 0)
    climbed: tuple[str, ...] = ()  # the gates behind it, lost again by every rollback

    def may_advance(self) -> bool:
        ready = self.form != "poor" and self.signed and self.runs not in ("", *self.used)
        calm = not self.drift and not self.overrun
        fits = {"poc": True, "fine_tune": True, "pilot": self.runs != "lab", "scale": False}
        return ready and calm and fits[self.stage]

    def to(self, stage: str) -> Seen:
        climbed = self.climbed[: STAGES.index(stage)]
        served = {name: "served" if getattr(self, name) else "" for name in ("drift", "overrun")}
        return replace(self, stage=stage, signed=False, climbed=climbed, **served)

    def tight(self) -> bool:
        return self.form == "tight" and self.spent[0] > 300


Letter = tuple[str, str]
EVERYWHERE: list[Letter] = [
    ("sign", ""),
    ("advance", ""),
    ("look", ""),
    *(("back", stage) for stage in STAGES[:3]),
    *(("runs", name) for name in RUNS),
]
# Two worlds, each small enough to be walked to its last state.
WATCHED: list[Letter] = [*EVERYWHERE, ("form", "good"), ("form", "poor"), ("measure", "high"), ("measure", "low")]
PAID: list[Letter] = [
    *(one for one in EVERYWHERE if one[1] not in ("p3", "lab")), ("form", "good"), ("form", "tight"), ("spend", "400")
]  # fmt: skip


def expected(seen: Seen, letter: Letter) -> Seen | None:
    """What must come of one thing that somebody does; None where it must be refused."""
    kind, what = letter
    place = STAGES.index(seen.stage)  # type: ignore[arg-type]
    if kind in ("form", "runs"):
        changed = replace(seen, **{kind: what}, signed=False)
        return replace(changed, overrun=(seen.overrun or "crossed") if changed.tight() else "")
    if kind == "sign":
        return replace(seen, signed=True)
    if kind == "measure":
        return replace(seen, drift=(seen.drift or "crossed") if what == "high" else "")
    if kind == "spend":
        if (seen.form == "tight" and place == 0) or seen.spent[place] + 400 > 600:
            return None
        return replace(seen, spent=(*seen.spent[:place], seen.spent[place] + 400, *seen.spent[place + 1 :]))
    if kind == "back":
        return seen.to(what) if STAGES.index(what) < place else None  # type: ignore[arg-type]
    if kind == "look":
        # drift goes back to fine-tuning, an overrun one stage; the lower of the two, if it lies behind
        targets = [STAGES.index("fine_tune")] * (seen.drift == "crossed") + [place - 1] * (seen.overrun == "crossed")
        lower = [one for one in targets if 0 <= one < place]
        return seen.to(STAGES[min(lower)]) if lower else seen
    if not seen.may_advance():
        return None
    there = replace(seen, stage=STAGES[place + 1], signed=False, used=seen.used | {seen.runs})
    return replace(there, climbed=(*seen.climbed, seen.stage))


def do(state: State, letter: Letter, seq: int) -> State:
    """Do the same with the machine: events as the program writes them."""
    kind, what = letter
    stage = state.stage
    events: list[dict[str, Any]] = []
    if kind == "form":
        events = [{"kind": "form", "form": FORMS[what], "sha256": what, "file": "gate.yaml"}]
    elif kind == "runs":
        events = [{"kind": "evidence", "runs": [RUNS[what]]}]
    elif kind == "sign":
        events = [{"kind": "signed", "name": name, "role": role, "of": state.document}
                  for name, role in (("Sato", "owner"), ("Kato", "quality"))]  # fmt: skip
    elif kind == "measure":
        events = [{"kind": "measured", "trigger": "drift", "value": 0.9 if what == "high" else 0.1}]
    elif kind == "spend":
        events = [{"kind": "spent", "stage": stage, "unit": "labels", "amount": what, "currency": "JPY"}]
    elif kind == "advance":
        to = STAGES[min(STAGES.index(stage) + 1, 3)]
        events = [{"kind": "advanced", "from": stage, "to": to, "shown": {}}]
    elif kind == "back":
        events = [{"kind": "rolled_back", "from": stage, "to": what, "why": [], "triggers": [], "name": ""}]
    else:
        targets = [to for one in due(state, crossings(state)) if (to := one.target(stage)) != stage]
        if targets:
            to = min(targets, key=STAGES.index)
            events = [{"kind": "rolled_back", "from": stage, "to": to, "why": [], "triggers": [], "name": ""}]
    for number, event in enumerate(events):
        state = after(state, {"seq": seq + number, "when": WHEN, **event})
    return state


def explore(letters: list[Letter]) -> Iterator[tuple[Seen, Letter, Seen | None, State | None]]:
    """Try every letter in every state that can be reached, until no new state comes; yield both answers."""
    first = after(None, {"kind": "form", "form": GOOD, "sha256": "good", "file": "f", "seq": 1, "when": WHEN})
    known = {Seen()}
    waiting = deque([(Seen(), first, 2)])
    while waiting:
        seen, state, seq = waiting.popleft()
        for letter in letters:
            wanted = expected(seen, letter)
            try:
                found = do(state, letter, seq)
            except DataError:
                found = None
            yield seen, letter, wanted, found
            if wanted is not None and found is not None and wanted not in known:
                known.add(wanted)
                waiting.append((wanted, found, seq + 2))


def check(letters: list[Letter]) -> tuple[int, set[Seen]]:
    """Hold the machine against the test's own rules; return how many steps were tried, and what was reached."""
    tried, reached = 0, {Seen()}
    for seen, letter, wanted, found in explore(letters):
        tried += 1
        assert (wanted is None) == (found is None), f"{letter} in {seen}: {found and found.stage}"
        if wanted is not None and found is not None:
            reached.add(wanted)
            assert found.stage == wanted.stage, f"{letter} in {seen}"
            assert bool(found.valid_signatures()) == wanted.signed, f"{letter} in {seen}"
            if wanted.stage == "scale":
                assert wanted.climbed == STAGES[:3]
                assert len(wanted.used) >= 3, "each gate had evidence of its own"
    return tried, reached


def check_both() -> None:
    for letters in (PAID, WATCHED):
        check(letters)


@pytest.mark.slow
def test_every_state_that_can_be_reached_is_reached_by_the_rules_alone() -> None:
    tried, reached = check(WATCHED)
    assert (len(reached), tried) == (2008, 28112), "docs/gates.md says so"
    assert {seen.stage for seen in reached} == set(STAGES)
    assert tried == len(WATCHED) * len(reached), "every letter was tried in every state"
    assert any(seen.stage == "scale" and seen.drift == "crossed" for seen in reached), "scale is watched too"


def test_every_way_to_spend_stops_before_the_cap() -> None:
    tried, reached = check(PAID)
    assert (len(reached), tried) == (392, 4312), "docs/gates.md says so"
    assert tried == len(PAID) * len(reached)
    assert max(max(seen.spent) for seen in reached) == 400, "two of 400 exceed the 600 of their unit"
    assert any(seen.overrun == "served" for seen in reached)


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "gates are not asked": lambda patch: patch.setattr(fold, "closed", lambda outcomes: False),
    "pilot may be left out": lambda patch: patch.setattr(
        fold, "following", lambda stage: {"poc": "fine_tune", "fine_tune": "scale", "pilot": "scale"}.get(stage)
    ),
    "any way back": lambda patch: patch.setattr(fold, "passed", lambda stage: STAGES),
    "no cap": lambda patch: patch.setattr(fold, "over_cap", lambda state, unit, amount: None),
    "triggers are not seen": lambda patch: patch.setattr(fold, "crossings", lambda state: []),
    "no field evaluation": lambda patch: patch.setattr(
        gate, "REQUIRED", {**gate.REQUIRED, "pilot": gate.REQUIRED["fine_tune"]}
    ),
    "old evidence will do": lambda patch: patch.setattr(
        gate, "CRITERIA", {**gate.CRITERIA, "fresh": lambda state, now: ((), ())}
    ),
    "triggers do not block": lambda patch: patch.setattr(
        gate, "CRITERIA", {**gate.CRITERIA, "triggers": lambda state, now: ((), ())}
    ),
    "signatures last": lambda patch: patch.setattr(State, "document", "always the same"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_machine_with_one_rule_less_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    with pytest.raises(AssertionError):
        check_both()


@pytest.mark.parametrize("stage", STAGES)
def test_of_all_subsets_of_criteria_only_the_whole_opens_a_gate(stage: str) -> None:
    names = gate.REQUIRED[stage]  # type: ignore[index]
    yes = [Outcome(name, (), ()) for name in names]
    no = [Outcome(name, (), (Block(say("x")),)) for name in names]
    opened = [
        subset for subset in itertools.product((True, False), repeat=len(names))
        if not gate.closed([a if held else b for held, a, b in zip(subset, yes, no, strict=True)])
    ]  # fmt: skip
    assert opened == ([(True,) * len(names)] if names else [])


def test_each_criterion_of_a_stage_is_asked_once() -> None:
    state = after(None, {"kind": "form", "form": GOOD, "sha256": "x", "file": "gate.yaml", "seq": 1, "when": WHEN})
    for stage in STAGES:
        asked = [one.criterion for one in gate.assess(replace(state, stage=stage), Now(date(2027, 1, 1)))]
        assert sorted(asked) == sorted(gate.REQUIRED[stage])
        assert len(set(asked)) == len(asked)
    assert gate.TITLES.keys() == gate.NEXT.keys() == gate.CRITERIA.keys()


def test_a_trigger_takes_a_stage_to_the_one_named_or_the_one_before_and_never_up() -> None:
    for place, stage in enumerate(STAGES):
        assert Crossing("x", say("x"), "").target(stage) == STAGES[max(0, place - 1)]
        for back, to in enumerate(STAGES[:3]):
            assert Crossing("x", say("x"), "", to).target(stage) == (to if back < place else stage)


assert TODAY.isoformat() == WHEN[:10]
