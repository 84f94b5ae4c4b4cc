"""Several planned looks at one test share one alpha; looks out of turn are refused, and unspent alpha breaks 5 %."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from lab_material import external, planted, study

from shisaku.core.domain import Domain
from shisaku.core.study_spec import Spending, StudySpec
from shisaku.errors import RecipeError
from shisaku.lab.contrast import Contrast
from shisaku.lab.decide import decide
from shisaku.lab.looks import Chooser, Ledger, plan_key
from shisaku.lab.plan import freeze, row_of
from shisaku.lab.preview import for_preview
from shisaku.lab.prove import prove
from shisaku.lab.rounds import alpha_of
from shisaku.stats.alpha_spending import spent
from shisaku.stats.estimate import TEstimate
from shisaku.stats.proportions import clopper_pearson, upper_bound

DATA = planted()


def look(this: int, planned: int = 3, **more: Any) -> StudySpec:
    return study(**{"splits": 6, "look": this, "looks_planned": planned, "spending": "pocock", **more})


def test_each_look_has_the_alpha_that_spending_leaves_it() -> None:
    assert alpha_of(study(alpha=0.05)) == 0.05
    assert [alpha_of(look(k)) for k in (1, 2, 3)] == [spent(k, 3, 0.05, "pocock") for k in (1, 2, 3)]
    assert sum(alpha_of(look(k)) for k in (1, 2, 3)) == pytest.approx(0.05)


def test_plan_rows_and_decisions_stand_at_the_alpha_of_the_look() -> None:
    plan = freeze(look(2), DATA)
    assert plan["looks"]["alpha"] == spent(2, 3, 0.05, "pocock")
    row, whole = row_of(plan, "helpful", "clutter", 0), row_of(freeze(study(splits=6), DATA), "helpful", "clutter", 0)
    assert row["level"] == pytest.approx(spent(2, 3, 0.05, "pocock") / 2)
    assert row["smallest_gain"] > whole["smallest_gain"]
    assert row["smallest_safety"] > whole["smallest_safety"]

    def verdict(spec: StudySpec) -> Any:
        estimate = TEstimate(0.10, 0.035, 50.0, "t")  # p of a gain above 0.02 is 0.0133
        found = Contrast("helpful", "clutter", 0, estimate, (0.0, 0.2), 60.0, 36.0, None, "real", (("real", 1),), {})
        other = replace(found, domain="clean")
        return next(v for v in decide(spec, freeze(spec, DATA), [other, found]).verdicts if v.domain == "clutter")

    assert verdict(study(splits=6)).decision == "ADOPT"
    assert verdict(look(2)).decision == "ABSTAIN"
    assert verdict(look(2)).level == pytest.approx(1 - spent(2, 3, 0.05, "pocock"))


def test_an_early_look_with_next_to_no_alpha_is_exploratory_and_shows_nothing() -> None:
    plan = freeze(look(1, 10, spending="obrien_fleming", splits=2), DATA)
    row = row_of(plan, "helpful", "clutter", 0)
    assert (row["smallest_gain"], row["smallest_safety"], row["power_at_expected"]) == (None, None, 0.0)
    assert row["exploratory"]


def test_a_look_beyond_those_planned_is_refused_with_advice() -> None:
    with pytest.raises(RecipeError, match="all of alpha is spent") as caught:
        freeze(look(4), DATA)
    assert "fresh real items" in str(caught.value.next)


def test_rounds_come_one_after_the_other_each_once(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(RecipeError, match="looks taken are: -") as caught:
        ledger.counted(look(2), DATA)
    assert "`this: 1`" in str(caught.value.next)
    for this in (1, 2, 3):
        assert ledger.counted(look(this), DATA).looks_taken == 0  # earlier rounds are paid for
        ledger.add(look(this), DATA)
        assert ledger.counted(look(this), DATA).looks_taken == 0  # the same look again
    with pytest.raises(RecipeError, match="looks taken are: 1, 2, 3") as caught:
        ledger.counted(look(3, split_seed=9), DATA)  # the last look again, otherwise
    assert "fresh real items" in str(caught.value.next)


def test_a_first_look_cannot_be_taken_twice(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(look(1), DATA)
    with pytest.raises(RecipeError, match="this: 2"):
        ledger.counted(look(1, split_seed=9), DATA)


def test_other_questions_are_another_plan_and_count_as_looks(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(look(1), DATA)
    easier = tuple(replace(domain, delta_gain=0.0) for domain in study().domains)
    for other in (look(2, domains=easier), look(2, planned=4), look(2, alpha=0.1), look(2, name="other")):
        with pytest.raises(RecipeError, match="belong to one plan"):
            ledger.counted(other, DATA)
    assert ledger.counted(study(splits=6), DATA).looks_taken == 1


def test_new_training_items_are_a_round_of_the_same_plan_where_the_test_is_fixed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    fixed: dict[str, Any] = {"domains": (Domain("photo", "external", stream="photo"),), "primary": "photo"}
    first, second = ({"photo": external(), "helpful": planted(groups=g).streams["helpful"]} for g in (16, 20))
    ledger.add(look(1, **fixed), replace(planted(), streams=first))
    grown = replace(planted(groups=20), streams=second)
    assert ledger.counted(look(2, **fixed), grown).looks_taken == 0


def test_a_round_that_was_chosen_by_the_test_items_stays_a_look(tmp_path: Path) -> None:
    first = Ledger(tmp_path)
    first.add(look(1), DATA)
    chooser = Chooser(plan_key(look(1), DATA), frozenset(DATA.real.ids[:3]))
    assert Ledger(tmp_path, (chooser,)).counted(look(2), DATA).looks_taken == 1


def test_a_preview_takes_no_planned_look_and_counts_as_one_more(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    short = for_preview(look(2), DATA)
    assert ledger.counted(short, DATA).looks_taken == 0
    ledger.add(short, DATA)
    assert ledger.counted(look(1), DATA).looks_taken == 1


def test_the_first_line_says_which_look_it_is(tmp_path: Path) -> None:
    result = prove(look(1, expected_gain=0.9), DATA, looks=Ledger(tmp_path))
    alpha = spent(1, 3, 0.05, "pocock")
    assert str(result.headline).endswith(f". Look 1 of 3 at these test items, at alpha {alpha:.2g}")


ROUNDS, DECIDED, WORLDS = 5, 300, 200_000
NULL = study(
    domains=(Domain("photo", "external", stream="photo", delta_gain=0.0),), primary="photo", splits=6, name="null"
)
FIXED = replace(DATA, streams={**DATA.streams, "photo": external()})


def found_by_the_rule(specs: list[StudySpec], effects: np.ndarray) -> Iterator[bool]:
    """Whether any of several rounds decides that there is a gain or a harm; effects [worlds, rounds] in se."""
    plans = [freeze(spec, FIXED) for spec in specs]
    for world in effects:
        found = False
        for spec, plan, effect in zip(specs, plans, world, strict=True):
            one = Contrast("helpful", "photo", 0, TEstimate(0.01 * effect, 0.01, 1e9, "t"), (0.0, 0.01), 60.0, 60.0, 60,
                           "real", (("real", 6),), {})  # fmt: skip
            found = found or decide(spec, plan, [one]).overall.decision != "ABSTAIN"
        yield found


def found(specs: list[StudySpec], effects: np.ndarray) -> np.ndarray:
    """The same for many worlds: the normal bound of each round, written down apart from the rule."""
    bounds = np.array([NormalDist().inv_cdf(1 - alpha_of(spec) / 2) for spec in specs])
    told: np.ndarray = (np.abs(effects) > bounds).any(axis=1)
    return told


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock", "equal"])
@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_five_looks_at_unspent_alpha_break_five_percent_and_spent_alpha_does_not(
    spending: Spending, shared: float
) -> None:
    rng = np.random.default_rng(8)
    # Nothing is there to find. Rounds share test items, so their errors are partly the same.
    same, own = rng.normal(size=(WORLDS, 1)), rng.normal(size=(WORLDS, ROUNDS))
    effects = shared**0.5 * same + (1 - shared) ** 0.5 * own
    unspent = [NULL] * ROUNDS
    spent_up = [replace(NULL, look=k + 1, looks_planned=ROUNDS, spending=spending) for k in range(ROUNDS)]
    for specs in (unspent, spent_up):
        assert list(found_by_the_rule(specs, effects[:DECIDED])) == found(specs, effects[:DECIDED]).tolist()
    assert clopper_pearson(int(found(unspent, effects).sum()), WORLDS)[0] > 0.15
    assert upper_bound(int(found(spent_up, effects).sum()), WORLDS) < 0.0505
