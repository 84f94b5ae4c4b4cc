"""The correction for overlapping splits goes by the fewer real items of the two sides, in the plan as in the result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lab_material import REAL, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.errors import RecipeError
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import contrasts
from shisaku.lab.plan import freeze, row_of
from shisaku.lab.trials import run_trials

DATA = planted()
BUY = {"prices": {"label": 1.0, "made": 0.5}, "budget": 12.0}


@pytest.mark.parametrize(
    ("arms", "more", "behind"),
    [
        ((REAL, Arm("x", add="helpful")), {}, 12),
        ((REAL, Arm("x", add="helpful", alone=True)), {}, 12),  # the comparator's: the arm has none
        ((REAL, Arm("x", buy="labels")), BUY, 12),  # 24 in the arm, 12 in its comparator
        ((REAL, Arm("x", more_real=3)), {}, 12),
        ((REAL, Arm("lots", more_real=3), Arm("x", more_real=2)), {"against": {"x": "lots"}}, 24),
        ((REAL, Arm("x", choose=("more", "real")), Arm("more", more_real=2)), {"against": {"x": "more"}}, 12),
        ((Arm("real", add="helpful", alone=True), Arm("x", add="null", alone=True)), {}, 12),  # the items drawn
    ],
)
def test_the_fewer_of_both_sides(arms: tuple[Arm, ...], more: dict[str, Any], behind: int) -> None:
    spec = study(arms=arms, contrasts=("x",), shots=(4,), splits=3, **more)
    plan = freeze(spec, DATA)
    assert row_of(plan, "x", "clean", 4)["n_train"] == behind
    if not any(arm.choose for arm in arms):  # which arm is chosen is not known to the plan
        found = contrasts(Bench.lay(spec, DATA), run_trials(spec, DATA))
        assert {one.n_train for one in found} == {float(behind)}


def test_a_purchase_without_a_price_is_refused_by_the_plan() -> None:
    with pytest.raises(RecipeError, match="buys labels"):
        freeze(study(arms=(REAL, Arm("x", buy="labels")), contrasts=("x",)), DATA)


def test_spoiled_places_are_planned_like_the_others_and_called_simulated() -> None:
    domains = (Domain("clean", "resplit"), Domain("noisy", "resplit", spoil={"sound": 1.0}))
    views = {"sound": Feature("audio.embed")}
    plan = freeze(study(domains=domains, primary="clean", inits=3, views=views), DATA)
    clean, noisy = (row_of(plan, "helpful", name, 0) for name in ("clean", "noisy"))
    assert (clean["spoiled"], noisy["spoiled"]) == (False, True)
    assert clean["smallest_gain"] == noisy["smallest_gain"]
    one, converged = (dict.fromkeys(("real", "copies", "helpful"), told) for told in (1, "until converged"))
    assert plan["budget"] == {"trials": one, "steps": converged, "models_per_split": 3}


def test_the_budget_tells_trials_and_steps() -> None:
    grid = {"C": (0.1, 1.0, 10.0)}
    arms = (REAL, Arm("helpful", add="helpful", weights=(0.1, 1.0)), Arm("told", scores=Feature("x")))
    spec = study(arms=arms, tune=grid, comparators=("real",))
    plan = freeze(spec, replace(DATA, scores={"told": {}}))
    assert plan["budget"]["trials"] == {"real": 3, "helpful": 3, "told": 1}
    own = replace(spec.arms[1], learner={"name": "steps", "steps": 50})
    mixed = replace(spec, arms=(REAL, own), tune={})
    assert freeze(mixed, DATA)["budget"]["steps"] == {"real": "until converged", "helpful": 50}
