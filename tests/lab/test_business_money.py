"""What answers cost where they are used: by hand, and what must not change it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_material import external, planted, study

from shisaku.core.amount import Amount
from shisaku.core.domain import Domain
from shisaku.core.kpi import Kpi
from shisaku.errors import RecipeError
from shisaku.lab.business.priced import Priced, priced
from shisaku.lab.prove import prove

CLASSES = ("bad", "good")
A = Amount.of
KPI = Kpi(
    costs={"bad": {"good": A(100.0)}, "good": {"bad": A(10.0)}},
    prevalence={"bad": 0.1, "good": 0.9},
    positive="bad",
    minutes={"false_alarm": 2.0, "miss": 30.0},
    items_per_year=1000.0,
    currency="JPY",
    illustrative=False,
)
PLACE = {"study": "s", "shots": 0, "domain": "line"}


def row(arm: str, split: int, role: str, item: str, truth: str, bad: float) -> dict[str, Any]:
    about = {"arm": arm, "split": split, "role": role, "item": item, "group": item, "lot": "", "truth": truth}
    return {**PLACE, **about, "scores": [bad, 1 - bad]}


def rows(arm: str, wrong: dict[int, tuple[int, int]]) -> list[dict[str, Any]]:
    """10 bad and 20 good test items a split; `wrong` says of each split how many of each are answered wrongly."""
    found = []
    for split, (missed, alarms) in wrong.items():
        for i in range(10):
            found.append(row(arm, split, "test", f"b{split}{i}", "bad", 0.1 if i < missed else 0.8))
            found.append(row(arm, split, "validation", f"vb{split}{i}", "bad", 0.8))
        for i in range(20):
            found.append(row(arm, split, "test", f"g{split}{i}", "good", 0.9 if i < alarms else 0.2))
            found.append(row(arm, split, "validation", f"vg{split}{i}", "good", 0.2))
    return found


def verdict(decision: str = "ADOPT", arm: str = "made") -> dict[str, Any]:
    about = {"domain": "line", "arm": arm, "comparator": "real", "decision": decision, "simulated": False}
    return {**about, "detail": {"shots": 0, "n_test": 30.0, "n_train": 45.0}}


SPLITS = range(12)
BASE = rows("real", {split: [(4, 4), (3, 6), (5, 2)][split % 3] for split in SPLITS})
MADE = rows("made", {split: [(1, 2), (1, 3), (1, 1)][split % 3] for split in SPLITS})
STUDY = Priced(CLASSES, frozenset(), 0.05, 0)


def priced_row(kpi: Kpi = KPI, held: list[dict[str, Any]] | None = None, decision: str = "ADOPT") -> dict[str, Any]:
    found = priced(kpi, STUDY, [verdict(decision)], BASE + MADE if held is None else held)
    json.dumps(found, allow_nan=False)
    (one,) = found["rows"]
    return dict(one)


def test_costs_by_hand() -> None:
    one = priced_row()
    # real: 4 in 10 missed and 4 in 20 alarmed on average; made: 1 in 10 and 2 in 20.
    assert one["comparator_cost"]["effect"] == pytest.approx(0.1 * 0.4 * 100 + 0.9 * 0.2 * 10)
    assert one["cost"]["effect"] == pytest.approx(0.1 * 0.1 * 100 + 0.9 * 0.1 * 10)
    assert one["saving"]["effect"] == pytest.approx(3.9)
    assert one["yearly"]["effect"] == pytest.approx(3900)
    assert one["line"]["values"]["low"] == one["yearly"]["low"]
    assert one["policies"] == {"threshold": 12}


def test_shop_floor_figures_by_hand() -> None:
    found = {figure["name"]: figure for figure in priced_row()["figures"]}
    assert found["missed"]["arm"]["effect"] == pytest.approx(0.1 * 0.1 * 1e6)
    assert found["missed"]["comparator"]["effect"] == pytest.approx(0.1 * 0.4 * 1e6)
    assert found["false_alarms"]["arm"]["effect"] == pytest.approx(0.9 * 0.1 * 1e6)
    assert found["minutes"]["arm"]["effect"] == pytest.approx((0.01 * 30 + 0.09 * 2) * 1e3)
    assert found["missed"]["change"]["low"] <= -30_000 <= found["missed"]["change"]["high"]


def test_net_present_value_by_hand() -> None:
    kpi = replace(KPI, investment={"labels": A(5000.0)}, yearly={"compute": A(900.0)}, years=2, discount=0.1)
    found = priced_row(kpi)["worth"]
    assert found["npv"]["median"] == pytest.approx(3000 / 1.1 + 3000 / 1.21 - 5000, abs=300)
    assert found["break_even_items_per_year"] == pytest.approx((5000 / (1 / 1.1 + 1 / 1.21) + 900) / 3.9, rel=0.05)
    assert found["payback_years"]["median"] == pytest.approx(5000 / 3000, rel=0.1)


def test_under_abstain_money_contains_no_effect_and_promises_no_return() -> None:
    kpi = replace(KPI, investment={"labels": A(500.0)})
    sure, open_ = priced_row(kpi), priced_row(kpi, decision="ABSTAIN")
    assert sure["yearly"]["low"] > 0 >= open_["yearly"]["low"]
    assert open_["worth"]["npv"]["low"] <= open_["worth"]["npv"]["no_effect"] == pytest.approx(-500)
    assert "median" not in open_["worth"]["npv"]
    assert open_["worth"]["chance_of_return"] is None
    assert open_["worth"]["break_even_items_per_year"] is None
    assert sure["worth"]["chance_of_return"]["value"] > 0.9


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1000))
def test_money_scales_with_the_costs_and_rates_do_not(factor: float) -> None:
    scaled = {t: {a: A(c.low * factor) for a, c in line.items()} for t, line in KPI.costs.items()}
    one, other = priced_row(), priced_row(replace(KPI, costs=scaled))
    for end in ("effect", "low", "high"):
        assert other["saving"][end] == pytest.approx(one["saving"][end] * factor, rel=1e-6)
    assert other["figures"][0] == one["figures"][0]


def test_without_costs_of_errors_nothing_is_saved() -> None:
    free = {"bad": {"good": A(0.0)}, "good": {"bad": A(0.0)}}
    assert priced_row(replace(KPI, costs=free))["saving"]["effect"] == 0.0


def test_the_order_of_the_classes_changes_nothing() -> None:
    turned = [{**one, "scores": one["scores"][::-1]} for one in BASE + MADE]
    found = priced(KPI, replace(STUDY, classes=CLASSES[::-1]), [verdict()], turned)
    assert found["rows"][0]["saving"]["effect"] == pytest.approx(priced_row()["saving"]["effect"])


def test_a_rarer_defect_makes_its_misses_cheaper() -> None:
    rare = replace(KPI, prevalence={"bad": 0.001, "good": 0.999})
    assert priced_row(rare)["saving"]["effect"] == pytest.approx(0.001 * 0.3 * 100 + 0.999 * 0.1 * 10)


def test_thresholds_come_from_validation_alone() -> None:
    """Test items under other labels change what is measured, never what is chosen."""
    flipped = [
        {**one, "truth": "good" if one["truth"] == "bad" else "bad"} if one["role"] == "test" else one
        for one in BASE + MADE
    ]
    found = {figure["name"]: figure for figure in priced_row(held=flipped)["figures"]}
    assert found["missed"]["arm"]["effect"] == pytest.approx(0.1 * 0.9 * 1e6), "the same actions, held against others"


def test_zero_misses_say_what_may_still_be_missed() -> None:
    clean = BASE + rows("made", dict.fromkeys(SPLITS, (0, 2)))
    one = priced_row(held=clean)
    missed = one["risk"]["arm"]["missed"]
    assert (missed["events"], missed["n"]) == (0, 120)
    assert missed["at_most"] == pytest.approx(1 - 0.05 ** (1 / 120))
    assert next(f for f in one["figures"] if f["name"] == "missed")["arm"]["high"] > 0, "no certainty from 120 items"


def test_a_review_takes_what_is_unsure() -> None:
    unsure = [{**one, "scores": [0.5, 0.5]} if one["item"].endswith("0") else one for one in BASE + MADE]
    found = {figure["name"]: figure for figure in priced_row(replace(KPI, review=A(1.0)), unsure)["figures"]}
    assert found["reviews"]["arm"]["effect"] > 0
    dear = {figure["name"]: figure for figure in priced_row(replace(KPI, review=A(1e6)), unsure)["figures"]}
    assert dear["reviews"]["arm"]["effect"] == 0


def test_an_item_without_an_answer_goes_to_a_person_or_costs_most() -> None:
    silent = [{**one, "scores": []} if one["role"] == "test" and one["arm"] == "made" else one
              for one in BASE + MADE]  # fmt: skip
    one = priced_row(held=silent)
    assert one["unanswered"] == 360
    assert one["cost"]["effect"] == pytest.approx(0.1 * 100 + 0.9 * 10)
    assert priced_row(replace(KPI, review=A(1.0)), silent)["cost"]["effect"] == pytest.approx(1.0)


def test_a_class_in_use_that_was_not_tested_is_said_and_not_priced() -> None:
    held = [one for one in BASE + MADE if not (one["role"] == "test" and one["truth"] == "bad")]
    one = priced_row(held=held)
    assert one["untested"] == ["bad"]
    assert "saving" not in one


def test_costs_of_a_class_that_is_not_there_are_an_error() -> None:
    with pytest.raises(RecipeError, match="ugly"):
        priced_row(replace(KPI, costs={"ugly": {"good": A(1.0)}}))


def test_what_a_range_of_costs_moves_stands_in_the_tornado() -> None:
    wide = {"bad": {"good": A(10.0, 500.0)}, "good": {"bad": A(10.0)}}
    kpi = replace(KPI, costs=wide, investment={"labels": A(1000.0, 20_000.0)})
    found = priced_row(kpi)["worth"]["tornado"]
    assert {one["name"] for one in found} == {"effect", "labels", "bad answered as good"}
    sizes = [abs(one["npv_at_high"] - one["npv_at_low"]) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    assert next(one for one in found if one["name"] == "labels")["npv_at_low"] > 0


def test_the_cost_curve_shows_where_the_better_model_pays_and_where_its_own_costs_lie() -> None:
    curve = priced_row()["cost_curve"]
    assert curve["own"] == pytest.approx(0.1 * 100 / (0.1 * 100 + 0.9 * 10))
    assert curve["threshold"] == pytest.approx(10 / 110)
    assert any(low <= curve["own"] <= high for low, high in curve["cheaper_from_to"])
    same = priced_row(held=BASE + [{**one, "arm": "made"} for one in BASE])["cost_curve"]
    assert same["cheaper_from_to"] == []
    assert same["arm"] == same["comparator"]


def test_one_answer_for_everything_is_what_a_model_must_beat() -> None:
    assert priced_row()["constant"] == {"action": "bad", "cost": pytest.approx(9.0)}


def test_answers_that_surely_err_no_more_than_asked() -> None:
    found = priced_row(replace(KPI, target_error=0.3))["risk"]["arm"]["safe_coverage"]
    assert 0 < found["coverage"] <= 1
    assert found["bound"] <= 0.3
    strict = priced_row(replace(KPI, target_error=0.001))["risk"]["arm"]["safe_coverage"]
    assert strict["coverage"] == 0, "360 items cannot show one error in a thousand"


def test_an_item_that_is_tested_in_many_splits_costs_its_lot_once() -> None:
    held = [{**one, "item": one["item"].replace(str(one["split"]), "", 1), "lot": f"day{int(one['item'][-1]) % 3}"}
            if one["role"] == "test" else one for one in BASE + MADE]  # fmt: skip
    lots = priced_row(replace(KPI, lot="day"), held)["risk"]["arm"].get("worst_lots")
    assert lots is not None
    assert lots["lots"] == 3
    assert lots["cost"] <= 30 * 100


def test_a_whole_study_on_splits_and_on_a_fixed_test_set() -> None:
    data = planted()
    photo = external(groups=30)
    data = replace(data, streams={**data.streams, "photo": photo})
    kpi = replace(KPI, costs={"class0": {"class1": A(20.0, 50.0)}}, prevalence={}, positive="class0", illustrative=True)
    places = (Domain("clutter", "derived", stream="clutter"), Domain("photo", "external", stream="photo"))
    result = prove(study(domains=places, kpi=kpi), data)
    found = result.detail["business"]
    assert {row["domain"] for row in found["rows"]} == {"clutter", "photo"}
    assert all("illustrative" in row["line"]["template"] for row in found["rows"]), "in the same line"
    for verdict in result.verdicts:
        (row,) = (row for row in found["rows"] if row["domain"] == verdict.domain)
        assert verdict.money is not None
        assert (verdict.money.low, verdict.money.high) == (row["yearly"]["low"], row["yearly"]["high"])
    methods = {row["domain"]: row["saving"]["method"] for row in found["rows"]}
    assert methods["clutter"] == "nadeau_bengio_t"
    assert methods["photo"] in ("two_level_bootstrap", "cluster_t")
    for one in found["rows"]:
        cost = one["comparator_cost"]["effect"] - one["cost"]["effect"]
        assert one["saving"]["effect"] == pytest.approx(cost)
        spread = one["worth"]["npv"]
        assert np.isfinite(list(spread.values())).all()
