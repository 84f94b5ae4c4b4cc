"""Each criterion of a gate alone keeps it closed at every stage that asks for it; nothing else stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from stages_material import TODAY, Facts, Form, History, blocked, form, reached, run, said

from shisaku.errors import DataError
from shisaku.lab.stages import gate
from shisaku.lab.stages.outcome import Now
from shisaku.message import say

STAGES = ("poc", "fine_tune", "pilot")
PILOT = "ADOPT for pilot, safety not shown"
HARMLESS = {"domain": "line", "low": -0.04, "high": 0.05, "shown": False, "harm_shown": False}
Change = Callable[[Form, str], object]


def without(*keys: str) -> Change:
    """Take a key of the form away; STAGE stands for the stage that is tried."""

    def change(told: Form, stage: str) -> None:
        here: Any = told
        for key in keys[:-1]:
            here = here[key if key != "STAGE" else stage]
        del here[keys[-1]]

    return change


FORMS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "diversity": (without("gates", "diversity"), STAGES),
    "labels": (without("gates", "labels"), STAGES),
    "kpi": (without("stages", "STAGE", "kpi"), STAGES),
    "responses": (lambda told, stage: told["responses"].pop(0), STAGES),
    "risks": (without("risks"), STAGES),
    "ethics": (lambda told, stage: told["ethics"][0]["of"].pop(), ("poc",)),  # later it is a withdrawal: a trigger
    "organisation": (without("organisation", "owner"), STAGES),
    "watch": (without("watch", "drift"), ("fine_tune", "pilot")),
    "budget": (without("stages", "STAGE", "budget"), STAGES),
    "signatures": (without("stages", "STAGE", "sign"), STAGES),
    "budget, in figures": (lambda told, stage: told["money"].update(illustrative=True), STAGES),
}
RUNS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "evidence": ({"state": "partial"}, STAGES),
    "diversity": ({"findings": []}, STAGES),
    "labels": ({"issues": [{"step": "label_errors", "hits": 0, "n": 20}]}, STAGES),
    "kpi": ({"gain": {"value": 0.05, "low": -0.001, "high": 0.1, "n": 200}}, STAGES),
    "made": ({"batches": {"restyled": "measured"}}, STAGES),
    "decision": ({"decision": "ABSTAIN"}, ("fine_tune", "pilot")),
    "safety": ({"safety": [HARMLESS]}, ("pilot",)),
    "field": ({"kind": "resplit"}, ("pilot",)),
    "worth": ({"worth": {"value": -1.0, "low": -9.0, "high": 5.0, "currency": "JPY", "net": True}}, STAGES),
    "ethics": ({"datasets": ["photos", "new"]}, STAGES),
}


def at(stage: str, facts: Facts | None = None, told: Form | None = None) -> History:
    """The gate of `stage` with other evidence, or another form, all else as it should be."""
    history = reached(stage)
    if told is not None:
        history.form(told)
    history.evidence(facts or run(f"p-{stage}"))
    roles = history.now.form.part(history.now.stage).sign
    history.sign(*zip(("Sato", "Kato"), roles, strict=False)) if roles else None
    return history


@pytest.mark.parametrize(("name", "stage"), [(name, stage) for name, (_, some) in FORMS.items() for stage in some])
def test_what_is_missing_in_the_form_alone_blocks(name: str, stage: str) -> None:
    told = form()
    FORMS[name][0](told, stage)
    history = at(stage, told=told)
    criterion = name.split(",")[0]
    assert blocked(history.now) == [criterion]
    with pytest.raises(DataError, match=f"the gate was closed: {criterion}"):
        history.advance()


@pytest.mark.parametrize(("name", "stage"), [(name, stage) for name, (_, some) in RUNS.items() for stage in some])
def test_what_a_run_does_not_show_alone_blocks(name: str, stage: str) -> None:
    history = at(stage, run(f"p-{stage}", **RUNS[name][0]))
    assert blocked(history.now) == [name]
    with pytest.raises(DataError, match="the gate was closed"):
        history.advance()


GAPS = sorted({(name, stage) for table in (FORMS, RUNS) for name, (_, some) in table.items() for stage in some})


@pytest.mark.parametrize(("name", "stage"), GAPS)
def test_with_its_check_taken_out_the_same_gap_is_let_through(
    name: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant of every check: what the tests above see is that check and no other."""
    monkeypatch.setattr(gate, "CRITERIA", {**gate.CRITERIA, name.split(",")[0]: lambda state, now: ((), ())})
    if name in RUNS and stage in RUNS[name][1]:
        assert at(stage, run(f"p-{stage}", **RUNS[name][0])).advance().stage != stage
    if name in FORMS and stage in FORMS[name][1]:
        told = form()
        FORMS[name][0](told, stage)
        assert at(stage, told=told).advance().stage != stage


def test_every_criterion_of_every_stage_is_tried() -> None:
    elsewhere = {"form", "fresh", "triggers"}  # test_stages_model, and below
    for stage in STAGES:
        tried = {name.split(",")[0] for table in (FORMS, RUNS) for name, (_, some) in table.items() if stage in some}
        assert set(gate.REQUIRED[stage]) == tried | elsewhere | ({"safety"} if stage != "pilot" else set())


def test_a_form_or_a_run_that_was_changed_outside_closes_the_gate() -> None:
    history = reached("poc")
    for now, name in (
        (Now(TODAY, form=say("changed")), "form"),
        (Now(TODAY, runs={"runs/p-poc": say("changed")}), "evidence"),
    ):
        assert [one.criterion for one in gate.assess(history.now, now) if not one.met] == [name]


def test_the_evidence_of_one_gate_does_not_open_the_next() -> None:
    history = reached("fine_tune")
    history.evidence(run("p-poc"))
    history.sign()
    assert blocked(history.now) == ["fresh"]
    history.evidence(run("p-poc"), run("p-new"))
    history.sign()
    assert blocked(history.now) == []


def test_harm_closes_every_gate_and_is_a_trigger() -> None:
    harm = {"domain": "line", "low": -0.3, "high": -0.1, "shown": False, "harm_shown": True}
    for stage in STAGES:
        assert blocked(at(stage, run(f"p-{stage}", safety=[harm])).now) == ["safety", "triggers"]


@pytest.mark.parametrize(
    ("changed", "pilot", "scale"),
    [
        ({"decision": "ADOPT"}, True, True),
        ({"decision": "ADOPT", "exploratory": True}, True, False),
        ({"decision": "ADOPT", "simulated": True}, True, False),
        ({"decision": "ABSTAIN", "ceiling": PILOT, "primary": "ADOPT"}, True, False),
        ({"decision": "ABSTAIN", "ceiling": PILOT, "primary": "ABSTAIN"}, False, False),
        ({"decision": "REJECT", "ceiling": PILOT, "primary": "ADOPT"}, False, False),
        ({"decision": "ADOPT", "stops": [{"template": "no", "values": {}}]}, False, False),
        ({"decision": ""}, False, False),
    ],
)
def test_which_decision_opens_which_gate(changed: Facts, pilot: bool, scale: bool) -> None:
    assert ("decision" not in blocked(at("fine_tune", run("p-fine_tune", **changed)).now)) is pilot
    assert ("decision" not in blocked(at("pilot", run("p-pilot", **changed)).now)) is scale


def test_one_study_of_several_that_says_no_is_enough() -> None:
    history = at("fine_tune")
    history.evidence(run("p-fine_tune"), run("p-other", decision="REJECT"))
    history.sign()
    assert blocked(history.now) == ["decision"]


def test_only_studies_that_the_form_names_count() -> None:
    told = form()
    told["studies"] = ["main"]
    history = at("fine_tune", told=told)
    history.evidence(run("p-fine_tune"), run("p-other", name="side", decision="REJECT"))
    history.sign()
    assert blocked(history.now) == []
    history.evidence(run("p-other", name="side"))
    history.sign()
    assert {"evidence", "fresh", "decision", "safety", "worth", "kpi", "made"} <= set(blocked(history.now))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"money": None}, "is not shown"),
        ({"money": {"low": None, "high": 5.0, "currency": "JPY", "illustrative": False}}, "is not shown"),
        ({"money": {"low": 5e3, "high": 9e3, "currency": "JPY", "illustrative": True}}, "illustrative, not your"),
        ({"money": {"low": 5e3, "high": 9e3, "currency": "units", "illustrative": False}}, "the form in JPY"),
        # The middle of the interval, 900, is below the 1,000 that fine-tuning may cost.
        ({"money": {"low": -3200.0, "high": 5000.0, "currency": "JPY", "illustrative": False}}, "expected to lose"),
        ({"worth": {"value": 0.0, "low": -1.0, "high": 1.0, "currency": "JPY", "net": True}}, "expected to lose"),
        ({"worth": {"value": None, "low": -9e9, "high": 1.0, "currency": "JPY", "net": True}}, "expected to lose"),
        # A present value without an investment in it has the next stage still to pay.
        ({"worth": {"value": 1000.0, "low": 1.0, "high": 2e3, "currency": "JPY", "net": False}}, "may cost 1,000 JPY"),
        ({"worth": {"value": 5.0, "low": 1.0, "high": 9.0, "currency": "JPY", "illustrative": True}}, "illustrative"),
    ],
)
def test_worth_is_shown_with_own_figures_or_not_at_all(changed: Facts, why: str) -> None:
    history = at("poc", run("p-poc", **changed))
    assert "worth" in blocked(history.now)
    assert why in said(history.now)


def test_the_present_value_of_a_study_comes_before_its_yearly_money() -> None:
    worth = {"value": 10.0, "low": -200.0, "high": 300.0, "currency": "JPY", "illustrative": False, "net": True}
    poor = {"low": -9e6, "high": 0.0, "currency": "JPY", "illustrative": False}
    told = form()
    told["stages"]["poc"]["kpi"].pop()
    assert blocked(at("poc", run("p-poc", worth=worth, money=poor), told).now) == []


@pytest.mark.parametrize(
    ("most", "illustrative", "open_"), [(900, False, True), (700, False, False), (900, True, False)]
)
def test_what_is_missed_in_a_million_is_a_kpi(most: int, illustrative: bool, open_: bool) -> None:
    told = form()
    told["stages"]["poc"]["kpi"] = [{"figure": "missed", "most": most}]
    counts = {"missed": {"value": 500.0, "low": 300.0, "high": 800.0, "illustrative": illustrative}}
    assert (blocked(at("poc", run("p-poc", counts=counts), told).now) == []) is open_
    assert blocked(at("poc", told=told).now) == ["kpi"], "a study that counts nothing shows nothing"


def test_an_error_without_a_response_is_named_with_all_the_others() -> None:
    told = form()
    told["responses"] = []
    history = at("poc", told=told)
    (block,) = next(one for one in gate.assess(history.now, Now(TODAY)) if one.blocks).blocks
    assert block.about == ("bad → good", "bad → review", "good → bad", "good → review")
    assert block.who == "Sato"


def test_a_response_that_is_overdue_blocks_until_it_is_done() -> None:
    late = date(2027, 7, 1)
    history = at("poc")
    assert blocked(history.now, late) == ["responses"]
    assert "good → bad (2027-06-30)" in said(history.now, late)
    told = form()
    for row in told["responses"]:
        row["done"] = "2027-06-01"
    assert blocked(at("poc", told=told).now, late) == []


def test_without_any_class_nothing_is_answered_for() -> None:
    assert "responses" in blocked(at("poc", run("p-poc", classes=[])).now)
    told = form()
    told["classes"] = ["good", "bad"]
    assert blocked(at("poc", run("p-poc", classes=[]), told).now) == []


def test_the_organisation_is_asked_for_more_from_stage_to_stage() -> None:
    told = form()
    del told["organisation"]["on_call"]
    assert blocked(at("poc", told=told).now) == []
    assert blocked(at("fine_tune", told=told).now) == ["organisation"]
    told = form()
    del told["organisation"]["training"]["done"]
    assert blocked(at("fine_tune", told=told).now) == []
    assert blocked(at("pilot", told=told).now) == ["organisation"]


def test_a_signature_is_void_when_what_was_signed_changes() -> None:
    history = reached("poc")
    assert blocked(history.now) == []
    history.add("measured", trigger="drift", value=0.1)
    assert blocked(history.now) == [], "what is measured was not signed"
    told = form()
    told["risks"][0]["mitigation"] = "another"
    history.form(told)
    assert blocked(history.now) == ["signatures"]
    assert "The signature of Sato as owner is void" in said(history.now)
    history.sign()
    history.evidence(run("p-again"))
    assert blocked(history.now) == ["signatures"]


def test_one_person_signs_in_one_role() -> None:
    history = at("poc")
    history.evidence(run("p-x"))
    history.sign(("Sato Hanako", "owner"), ("ＳＡＴＯ  hanako", "quality"))
    assert blocked(history.now) == ["signatures"]
    assert "each role needs another person" in said(history.now)
    history.sign(("Kato", "quality"))
    assert blocked(history.now) == []


def test_a_batch_is_asked_for_in_every_run_that_trained_on_it() -> None:
    history = at("poc")
    history.evidence(run("p-a"), run("p-b", batches={"restyled": "stopped"}))
    history.sign()
    assert blocked(history.now) == ["made"]
    assert "made" in blocked(at("poc", run("p-poc", batches={})).now)


def test_a_study_without_a_plan_is_no_evidence_of_a_stage() -> None:
    facts = run("p-poc")
    facts["studies"][0]["plan"] = ""
    assert blocked(at("poc", facts).now) == ["fresh"]
