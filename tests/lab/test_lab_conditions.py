"""A rule is claimed where one holds across datasets, and only there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from conditions_material import MARGIN, cell, own_effects, ruled

from shisaku.core.seed import rng_for
from shisaku.lab.conditions.cells import in_order
from shisaku.lab.conditions.finder import LEAST_DATASETS, LEVEL, find_conditions
from shisaku.lab.conditions.rule import fit_rule
from shisaku.stats.proportions import upper_bound

WORLDS = 200


def test_a_rule_that_holds_across_datasets_is_found() -> None:
    found = [find_conditions(ruled(rng_for(0, "ruled", str(world)))) for world in range(12)]
    assert sum(one.claim == "RULE" for one in found) >= 11
    first = found[0]
    assert first.rule is not None
    weights = {row["feature"]: row["weight"] for row in first.rule.to_json()["weights"]}
    assert max(weights, key=lambda name: abs(weights[name])) == "per_class"
    assert weights["per_class"] < 0
    assert first.net is not None
    assert first.net.mean == pytest.approx(0.03, abs=0.015)  # six points won in half of the cells


@pytest.mark.slow
def test_effects_of_single_datasets_are_claimed_as_a_rule_in_at_most_one_world_of_twenty() -> None:
    false = sum(find_conditions(own_effects(rng_for(1, "own", str(world)))).claim == "RULE" for world in range(WORLDS))
    assert upper_bound(false, WORLDS) <= 0.05, f"{false} of {WORLDS}"


def test_holding_out_cells_in_place_of_datasets_would_claim_a_rule() -> None:
    def leaky(world: int) -> str:
        cells = own_effects(rng_for(2, "own", str(world)), datasets=6)
        return find_conditions([replace(one, dataset=f"{one.dataset}/{i}") for i, one in enumerate(cells)]).claim

    whole = [find_conditions(own_effects(rng_for(2, "own", str(world)), datasets=6)).claim for world in range(8)]
    assert sum(leaky(world) == "RULE" for world in range(8)) >= 5
    assert whole.count("RULE") <= 1


def test_under_six_datasets_nothing_is_claimed() -> None:
    cells = ruled(np.random.default_rng(0), datasets=LEAST_DATASETS - 1)
    found = find_conditions(cells)
    assert found.claim == "ABSTAIN"
    assert found.net is None
    assert found.rule is None
    assert "too few" in str(found.reason)
    assert find_conditions([]).claim == "ABSTAIN"


def test_harm_everywhere_is_abstained_from_and_adopting_nothing_costs_nothing() -> None:
    cells = [cell(f"d{i}", -0.1 - 0.01 * i, shots=s, per_class=float(s)) for i in range(8) for s in (5, 20)]
    found = find_conditions(cells)
    assert found.claim == "ABSTAIN"
    assert found.adopted == 0
    assert found.net is not None
    assert (found.net.mean, found.net.low(LEVEL)) == (0.0, 0.0)


def test_help_everywhere_is_a_rule_that_is_not_shown_to_beat_always_adopting() -> None:
    rng = np.random.default_rng(4)
    cells = [cell(f"d{i}", 0.1 + rng.normal(0, 0.01), shots=s, per_class=float(s)) for i in range(8) for s in (5, 20)]
    found = find_conditions(cells)
    assert found.claim == "RULE"
    assert "is not shown" in str(found.reason)


def test_an_effect_that_is_not_worth_its_margin_pays_nothing() -> None:
    rng = np.random.default_rng(5)
    cells = [cell(f"d{i}", MARGIN / 2 + rng.normal(0, 0.001), per_class=float(s)) for i in range(8) for s in (5, 20)]
    assert find_conditions(cells).claim == "ABSTAIN"


def test_a_dataset_with_many_cells_weighs_no_more_than_one_with_few() -> None:
    cells = [cell(f"d{i}", 0.0, per_class=float(s)) for i in range(7) for s in (5, 20)]
    many = [cell("big", 0.3, per_class=float(s)) for s in range(1, 200)]
    found = find_conditions([*cells, *many])
    assert found.always is not None
    assert found.always.mean == pytest.approx((7 * -MARGIN + 0.3 - MARGIN) / 8)
    assert found.claim == "ABSTAIN"


def test_the_calibration_table_holds_every_cell_once() -> None:
    cells = ruled(np.random.default_rng(6))
    found = find_conditions(cells)
    assert sum(row["cells"] for row in found.calibration) == len(cells)
    sure = found.calibration[-1]
    assert sure["seen"] > 0.8
    json.dumps(found.to_json(), allow_nan=False)


def test_the_order_of_cells_decides_nothing_and_outcomes_are_not_sorted_by() -> None:
    cells = ruled(np.random.default_rng(7))
    shuffled = [cells[i] for i in np.random.default_rng(1).permutation(len(cells))]
    assert find_conditions(cells).to_json() == find_conditions(shuffled).to_json()
    flipped = [replace(one, effect=-one.effect, low=-one.high, high=-one.low) for one in cells]
    assert [c.arm + c.dataset for c in in_order(cells)] == [c.arm + c.dataset for c in in_order(flipped)]


def test_outcomes_are_what_the_whole_interval_says() -> None:
    told = [cell(effect=0.1).outcome, cell(effect=-0.1).outcome, cell(effect=0.01).outcome]
    assert told == ["helped", "hurt", "not shown"]


def test_what_is_not_known_of_a_cell_is_the_mean_and_an_unknown_name_is_none() -> None:
    rule = fit_rule(ruled(np.random.default_rng(8)))
    known = cell(gap=rule.columns.means["gap"], per_class=5.0, modality="audio", technique="one", ratio=2.0)
    assert rule.chances([known]) == pytest.approx(rule.chances([replace(known, gap=None)]))
    strange = replace(known, technique="never seen", modality="never seen")
    assert 0 < float(rule.chances([strange])[0]) < 1


def test_the_threshold_is_where_expected_loss_and_gain_meet() -> None:
    cells = [cell("a", 0.02 + 0.10, per_class=5.0), cell("b", 0.02 - 0.02, per_class=20.0)]
    assert fit_rule(cells).threshold == pytest.approx(0.02 / (0.02 + 0.10))


def test_datasets_that_all_say_the_same_get_no_interval_of_no_width() -> None:
    cells = [cell(f"d{i}", -0.1) for i in range(7)]
    (row,) = find_conditions(cells).calibration
    assert (row["seen"], row["low"], row["high"]) == (0.0, None, None)
