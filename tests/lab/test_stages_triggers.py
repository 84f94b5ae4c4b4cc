"""Each trigger takes the stage back, once in its episode, and holds it there until it is measured to be over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stages_material import History, blocked, form, reached, run

from shisaku.errors import DataError
from shisaku.lab.stages.crossings import crossings, due
from shisaku.lab.stages.stage import STAGES, Stage

HARM = {"domain": "line", "low": -0.3, "high": -0.1, "shown": False, "harm_shown": True}


def lowered(history: History) -> None:
    """Give the PoC, in which 500 are spent by now, a cap of 400 after the fact."""
    told = form()
    told["stages"]["poc"]["budget"] = {"cap": 400, "units": {"labels": 200, "compute": 200}}
    history.form(told)


def withdrawn(history: History) -> None:
    told = form()
    told["ethics"][0]["withdrawn"] = "2027-01-10"
    history.form(told)


def unrecorded(history: History) -> None:
    history.form({**form(), "ethics": []})


def measured(name: str, value: float) -> Callable[[History], Any]:
    return lambda history: history.add("measured", trigger=name, value=value)


# What crosses, what brings it back, and where each stage goes: the one named in the form, or the one before.
TRIGGERS: dict[str, tuple[Callable[[History], Any], Callable[[History], Any], dict[str, str]]] = {
    "drift": (measured("drift", 0.3), measured("drift", 0.2), {"pilot": "fine_tune", "scale": "fine_tune"}),
    "kpi": (
        measured("kpi", 0.89),
        measured("kpi", 0.9),
        {"fine_tune": "poc", "pilot": "fine_tune", "scale": "pilot"},
    ),
    "safety": (measured("safety", 1), measured("safety", 0), {"fine_tune": "poc", "pilot": "poc", "scale": "poc"}),
    "new defect": (measured("new defect", 0.21), measured("new defect", 0.0), {"scale": "pilot"}),
    "overrun": (lowered, lambda history: history.form(form()), {"fine_tune": "poc", "scale": "pilot"}),
    "ethics": (withdrawn, lambda history: history.form(form()), {"fine_tune": "poc", "scale": "pilot"}),
    "ethics, taken out": (unrecorded, lambda history: history.form(form()), {"pilot": "fine_tune"}),
    "kpi in a run": (
        lambda history: history.evidence(run("worse", gain={"value": -0.1, "low": -0.2, "high": -0.01, "n": 90})),
        lambda history: history.evidence(run("better")),
        {"fine_tune": "poc", "pilot": "fine_tune", "scale": "pilot"},
    ),
    "harm in a run": (
        lambda history: history.evidence(run("harmed", safety=[HARM])),
        lambda history: history.evidence(run("harmless")),
        {"fine_tune": "poc", "pilot": "poc", "scale": "poc"},
    ),
}
CASES = [(name, stage) for name, (_, _, to) in TRIGGERS.items() for stage in to]


def fire(history: History) -> str:
    """Do what `status` does, and return the stage after it."""
    stage = history.now.stage
    back: list[Stage] = [one.target(stage) for one in due(history.now, crossings(history.now))]
    if lower := [to for to in back if to != stage]:
        history.back(min(lower, key=STAGES.index))
    return history.now.stage


def paid(stage: str) -> History:
    """A history at `stage` in whose PoC 500 were spent."""
    history = History(form(), [run("p-poc")])
    history.add("spent", stage="poc", unit="labels", amount="500", currency="JPY")
    for name in STAGES[: STAGES.index(stage)]:  # type: ignore[arg-type]
        history.evidence(run(f"p-{name}"))
        history.sign()
        history.advance()
    return history


@pytest.mark.parametrize(("name", "stage"), CASES)
def test_a_trigger_takes_the_stage_back_once_and_holds_it(name: str, stage: str) -> None:
    cross, calm, targets = TRIGGERS[name]
    history = paid(stage)
    assert fire(history) == stage, "nothing has crossed"
    cross(history)
    assert fire(history) == targets[stage]
    assert fire(history) == targets[stage], "one episode takes a stage back once"
    if name not in ("kpi in a run", "harm in a run"):  # there the evidence itself closes the gate, see below
        history.evidence(run("anew"))
        history.sign()
        assert "triggers" in blocked(history.now)
        with pytest.raises(DataError, match="triggers"):
            history.advance()
    calm(history)
    history.evidence(run("after"))
    history.sign()
    assert blocked(history.now) == []
    again = history.advance().stage
    cross(history)
    assert fire(history) == targets[again], "a new episode takes it back again"


@pytest.mark.parametrize("name", ["kpi in a run", "harm in a run"])
def test_evidence_that_crosses_keeps_its_gate_closed(name: str) -> None:
    history = paid("pilot")
    TRIGGERS[name][0](history)
    fire(history)
    history.sign()
    assert {"triggers", "kpi" if name.startswith("kpi") else "safety"} & set(blocked(history.now))


def test_on_the_limit_nothing_crosses() -> None:
    for name, value in (("drift", 0.2), ("kpi", 0.9), ("safety", 0.0)):
        history = reached("pilot")
        history.add("measured", trigger=name, value=value)
        assert crossings(history.now) == []


def test_what_an_interval_leaves_open_is_no_crossing() -> None:
    history = reached("pilot")
    history.evidence(run("open", gain={"value": -0.1, "low": -0.2, "high": 0.01, "n": 90}))
    assert crossings(history.now) == []


def test_in_the_poc_a_trigger_has_nowhere_to_go_and_blocks() -> None:
    history = reached("poc")
    history.add("measured", trigger="safety", value=2)
    assert fire(history) == "poc"
    assert blocked(history.now) == ["triggers"]


def test_a_rollback_by_hand_is_the_rollback_of_what_is_active() -> None:
    history = reached("scale")
    history.add("measured", trigger="kpi", value=0.1)
    history.back("pilot")
    assert fire(history) == "pilot", "not a second time for the same cause"


def test_two_triggers_go_to_the_lower_of_their_stages() -> None:
    history = reached("scale")
    history.add("measured", trigger="drift", value=0.9)
    history.add("measured", trigger="safety", value=3)
    assert fire(history) == "poc"


def test_an_active_trigger_cannot_be_written_out_of_the_form() -> None:
    history = reached("pilot")
    history.add("measured", trigger="new defect", value=0.9)
    with pytest.raises(DataError, match="the trigger new defect is active"):
        history.form({**form(), "risks": []})


def test_data_whose_ethics_nobody_recorded_close_the_gate_and_are_no_withdrawal() -> None:
    history = reached("pilot")
    history.evidence(run("p-new", datasets=["photos", "faces"]))
    assert crossings(history.now) == []
    history.sign()
    assert blocked(history.now) == ["ethics"]


def test_what_was_spent_before_a_rollback_stays_spent() -> None:
    history = paid("fine_tune")
    history.back("poc")
    assert history.now.spent_in("poc") == 500
    with pytest.raises(DataError, match="no cap allows this spend"):
        history.add("spent", stage="poc", unit="labels", amount="101", currency="JPY")
    history.add("spent", stage="poc", unit="labels", amount="100", currency="JPY")


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "pilot"}, {"unit": "nothing"}, {"amount": "-5"}, {"amount": "0"}, {"amount": "x"},
        {"amount": "NaN"}, {"currency": "USD"}, {"amount": "600.01"},
    ],
)  # fmt: skip
def test_a_spend_that_no_cap_allows_is_no_event(wrong: dict[str, str]) -> None:
    history = reached("poc")
    with pytest.raises(DataError):
        history.add("spent", **{"stage": "poc", "unit": "labels", "amount": "1", "currency": "JPY", **wrong})
    assert history.now.spent == {}


def test_a_cap_counts_exactly() -> None:
    told = form()
    told["stages"]["poc"]["budget"] = {"cap": 0.3, "units": {"labels": 0.3, "compute": 0}}
    history = History(told)
    for _ in range(3):
        history.add("spent", stage="poc", unit="labels", amount="0.1", currency="JPY")
    with pytest.raises(DataError):
        history.add("spent", stage="poc", unit="labels", amount="0.000001", currency="JPY")


def test_after_money_was_spent_the_currency_stays() -> None:
    history = paid("poc")
    told = {**form(), "money": {"currency": "USD"}}
    for stage in STAGES:
        told["stages"][stage]["budget"]["units"]["compute"] = 400
    with pytest.raises(DataError, match="money was spent in JPY"):
        history.form(told)


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "advanced", "from": "poc", "to": "scale"},
        {"kind": "advanced", "from": "pilot", "to": "scale"},
        {"kind": "advanced", "from": "poc", "to": "poc"},
        {"kind": "rolled_back", "from": "poc", "to": "pilot", "why": [], "triggers": [], "name": ""},
        {"kind": "rolled_back", "from": "poc", "to": "nowhere", "why": [], "triggers": [], "name": ""},
        {"kind": "signed", "name": "x", "role": "owner", "of": "something"},
        {"kind": "measured", "trigger": "unknown", "value": 1.0},
        {"kind": "evidence", "runs": [{"path": "x"}]},
        {"kind": "evidence", "runs": [{**run(), "studies": [{"name": "x", "strange": 1}]}]},
        {"kind": "evidence", "runs": 5},
        {"kind": "form", "form": {"schema": 1}, "sha256": "", "file": ""},
        {"kind": "unheard of"},
        {},
    ],
)
def test_an_event_that_this_program_would_not_write_is_refused(event: dict[str, Any]) -> None:
    history = reached("poc")
    before = history.now
    with pytest.raises(DataError, match="of the record cannot be"):
        history.add(event.get("kind", ""), **{key: value for key, value in event.items() if key != "kind"})
    assert history.now is before
