"""No gate goes without a random drop of equal size beside it, and what it did is said."""

from __future__ import annotations

from lab_material import REAL, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.feature import Feature
from shisaku.core.recipe import Keep, Recipe, Source
from shisaku.lab.controls import gates, with_controls
from shisaku.lab.prove import prove
from shisaku.lab.resolve import resolve

GATED = Arm("gated", add="mixed", keep=ArmKeep("dataset.label_agreement", top=0.5))


def test_a_gate_without_a_control_gets_one() -> None:
    spec = with_controls(study(arms=(REAL, GATED)), ())
    assert spec.arms[-1] == Arm("gated_random", add="mixed", random_keep=0.5)
    assert with_controls(spec, ()) == spec
    assert gates(spec) == [("gated", "gated_random")]


def test_a_control_under_another_name_is_enough() -> None:
    spec = study(arms=(REAL, GATED, Arm("dice", add="mixed", random_keep=0.5)))
    assert with_controls(spec, ()) == spec
    assert gates(spec) == [("gated", "dice")]


def test_a_control_of_another_size_is_not() -> None:
    spec = with_controls(study(arms=(REAL, GATED, Arm("dice", add="mixed", random_keep=0.3))), ())
    assert gates(spec) == [("gated", "gated_random")]


def test_an_arm_on_a_kept_stream_is_compared_with_its_random_twin() -> None:
    spec = study(arms=(REAL, Arm("good", add="kept")), contrasts=("good",))
    recipe = Recipe("r", Source("table"), keep=(Keep("kept", "made", ()),), studies=(spec,))
    resolved = resolve(recipe)
    assert gates(resolved.studies[0]) == [("good", "good_random")]
    assert resolve(resolved) == resolved
    seen = [step.source for step in resolved.steps if step.op == Feature("image.embed").op]
    assert ("made",) in seen
    assert not {("kept",), ("kept.random",)} & set(seen), "what was kept is embedded once, where it was kept from"


def test_brought_rows_that_were_kept_are_compared_with_their_random_twin_too() -> None:
    spec = with_controls(study(arms=(REAL, Arm("good", rows="kept")), contrasts=("good",)), {"kept"})
    assert spec.arms[-1] == Arm("good_random", rows="kept.random")
    assert gates(spec) == [("good", "good_random")]
    assert with_controls(spec, {"kept"}) == spec


def test_what_a_gate_did_is_measured_against_its_control() -> None:
    spec = with_controls(study(arms=(REAL, GATED), contrasts=("gated",)), ())
    data = planted()
    result = prove(spec, data)
    rows = [row for row in result.detail["gates"] if row["domain"] == "clean"]
    assert [(row["arm"], row["control"]) for row in rows] == [("gated", "gated_random")]
    assert rows[0]["effect"] > 0, "40 % planted wrong labels: the gate must beat the dice"
