"""Curves over n and ratio, and the exchange rate: known worlds are read rightly, what does nothing shows no gain."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from beside_material import effects_of, spec_of
from lab_material import REAL, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.lab.beside.curves import learning_curves, three_scores
from shisaku.lab.beside.exchange_rate import break_even, exchange_rates
from shisaku.lab.beside.parts import beside
from shisaku.lab.beside.ratio_curve import ratio_curves
from shisaku.lab.prove import prove
from shisaku.lab.ratio_family import ratio_families, real_alone
from shisaku.message import Message
from shisaku.stats.exchange import Exchange
from shisaku.stats.resplit import nadeau_bengio

MADE = Arm("made", add="helpful")
CLEAN = Domain("clean", "resplit")


def rising(arm: str, domain: str, shots: int) -> float:
    """Real alone: one more tenth for every doubling from 0.4 at 4 per class; made items double n."""
    n = {"twice": 2, "made": 2}.get(arm, 1) * shots
    return 0.4 + 0.1 * float(np.log2(n / 4))


def text(raw: dict[str, Any]) -> str:
    return str(Message.from_json(raw))


def test_every_point_is_what_the_tables_give() -> None:
    spec = study(domains=(CLEAN,), primary="clean", shots=(4, 8), splits=6)
    result = prove(spec, planted())
    points = result.detail["curves"]["points"]
    assert {(p["arm"], p["shots"]) for p in points} == {(a.name, s) for a in spec.arms for s in (4, 8)}
    for point in points:
        rows = {
            arm: [r for r in result.arm_scores if (r.arm, r.shots) == (arm, point["shots"])]
            for arm in (point["arm"], "real")
        }
        own, base = ([row.value for row in rows[arm]] for arm in (point["arm"], "real"))
        assert point["score"]["effect"] == pytest.approx(np.mean(own))
        assert (point["n"], point["splits"]) == (np.mean([r.n_train for r in rows[point["arm"]]]), 6)
        if point["arm"] == "real":
            assert point["gain"] is None
            continue
        gap = np.subtract(own, base)
        plain = nadeau_bengio(gap, point["n_test"], point["n"])
        assert point["gain"]["effect"] == pytest.approx(gap.mean())
        assert point["gain"]["low"] <= plain.low(0.025) + 1e-9  # the floor of one item may widen it
        assert (point["gain"]["method"], point["gain"]["level"]) == ("nadeau_bengio_t", 0.95)
    json.dumps(result.detail, allow_nan=False)


def test_an_arm_that_does_nothing_shows_no_gain_and_a_good_one_does() -> None:
    arms = (REAL, Arm("null", add="null"), MADE)
    spec = spec_of(arms, shots=(4, 8), contrasts=("null", "made"))
    effects = effects_of(spec, lambda arm, _, shots: rising(arm, "", shots))
    curves = learning_curves(effects)
    gains = {(p["arm"], p["shots"]): p["gain"] for p in curves["points"]}
    assert gains["null", 4]["low"] <= 0 <= gains["null", 4]["high"]
    assert gains["made", 4]["low"] > 0
    null, made = map(text, curves["lines"])
    assert "at no size is a gain shown" in null
    assert made.endswith("a gain is shown with 12, 24")
    scores = [p["score"] for p in curves["points"]]
    assert all(0 <= s["low"] <= s["effect"] <= s["high"] <= 1 for s in scores)
    assert {s["method"] for s in scores} == {"cluster_t"}


def test_the_three_scores_stand_apart_and_what_is_missing_is_said() -> None:
    spec = spec_of((REAL, MADE), domains=(
        Domain("photo", "external", stream="photo", shows="fit"), replace(CLEAN, shows="generalisation"),
        Domain("other", "external", stream="other"),
    ))  # fmt: skip
    found = three_scores(learning_curves(effects_of(spec, rising)), 10)
    assert found is not None
    assert [(row["shows"], row["domain"]) for row in found["rows"]] == [
        ("generalisation", "clean"), ("generalisation", "clean"), ("fit", "photo"), ("fit", "photo"),
    ]  # fmt: skip
    assert "No place of use shows: task" in text(found["line"])
    assert three_scores(learning_curves(effects_of(spec_of((REAL, MADE)), rising)), 10) is None


def test_only_arms_that_differ_in_their_ratio_alone_are_one_curve() -> None:
    gate = ArmKeep("dataset.x", top=0.5)
    arms = (
        Arm("plain"), Arm("b", add="helpful", ratio=2), Arm("a", add="helpful", ratio=1),
        Arm("all", add="helpful"), Arm("gated", add="helpful", ratio=4, keep=gate), Arm("c", add="null", ratio=1),
    )  # fmt: skip
    spec = spec_of(arms)
    assert [[arm.name for arm in family] for family in ratio_families(spec)] == [["a", "b"]]
    assert real_alone(spec) == arms[0]
    assert real_alone(spec_of((Arm("seen", views=("sound",)), Arm("more", more_real=2)))) is None


def ratio_world(shares: dict[str, float], **extra: Any) -> dict[str, Any]:
    arms = (REAL, *(Arm(f"r{r}", add="helpful", ratio=r) for r in (1, 2, 4)))
    made = {"r1": 30, "r2": 60, "r4": 120, **extra.pop("made", {})}
    effects = effects_of(spec_of(arms), lambda arm, *_: shares[arm], made, **extra)
    (curve,) = ratio_curves(effects)
    return curve


def test_the_ratio_from_which_on_help_is_not_shown() -> None:
    curve = ratio_world({"real": 0.5, "r1": 0.7, "r2": 0.65, "r4": 0.4}, ratings={"real": 0.5, "r1": 0.6, "r2": 0.9})
    assert (curve["last"], curve["stops"], curve["gaps"]) == (2, 4, [])
    assert curve["level"] == pytest.approx(1 - 0.05 / 3)
    # The best ratio is that of validation, though another did better on the test.
    assert (curve["best"]["ratio"], curve["best"]["arm"]) == (2, "r2")
    assert "from 4 on it is not shown. Best on validation: 2 (90.0)" in text(curve["line"])


def test_made_items_that_do_nothing_help_at_no_ratio() -> None:
    curve = ratio_world({"real": 0.5, "r1": 0.5, "r2": 0.5, "r4": 0.5}, ratings={"real": 0.9, "r1": 0.9, "r2": 0.8})
    assert (curve["last"], curve["stops"]) == (None, 1)
    assert curve["best"]["ratio"] == 0.0  # a tie goes to fewer made items
    assert "Best on validation: no made items" in text(curve["line"])


def test_a_stream_that_ran_out_is_said() -> None:
    curve = ratio_world({"real": 0.5, "r1": 0.7, "r2": 0.7, "r4": 0.7}, made={"r4": 60})
    assert [point["ran_out"] for point in curve["points"]] == [False, False, True]
    assert curve["best"] is None
    assert text(curve["line"]).endswith("There were too few made items for 4.")


def test_ratios_are_rated_on_validation_only_where_there_is_a_family() -> None:
    arms = (REAL, *(Arm(f"r{r}", add="helpful", ratio=r) for r in (1, 2)))
    found = prove(study(arms=arms, contrasts=("r2",), splits=3), planted(groups=8))
    (clean, clutter) = found.detail["ratios"]
    assert clean["best"]["ratio"] in (0, 1, 2)
    assert all(0 < point["rating"] <= 1 for point in clutter["points"])
    assert "ratios" not in prove(study(splits=3), planted(groups=8)).detail


def test_a_made_item_is_worth_what_it_was_made_to_be_worth() -> None:
    # At 8 per class 24 real and 48 made items score like 48 real ones: half a real item each.
    spec = spec_of((REAL, Arm("twice", more_real=2), MADE), shots=(4, 8), prices={"label": 2.0, "made": 0.1})
    found = exchange_rates(effects_of(spec, rising, {"made": 48}, groups=2000))
    assert found is not None
    row = next(row for row in found["rows"] if row["shots"] == 8)
    assert row["sizes"] == [12, 24, 48]
    assert row["n_eq"] == pytest.approx(48, abs=4)
    assert row["rate"] == pytest.approx(0.5, abs=0.1)
    small = next(row for row in found["rows"] if row["shots"] == 4)
    assert small["low"] <= 0.25 <= small["high"]
    assert small["break_even"]["pays"] == "shown"
    assert small["break_even"]["price"] == pytest.approx(2 * small["rate"])


def test_nothing_is_made_up_beyond_what_was_measured() -> None:
    spec = spec_of((REAL, MADE), shots=(4, 8))
    shares = {("real", 4): 0.4, ("real", 8): 0.5, ("made", 4): 0.9, ("made", 8): 0.1}
    found = exchange_rates(effects_of(spec, lambda arm, _, shots: shares[arm, shots], {"made": 48}))
    assert found is not None
    above, below = found["rows"]
    assert (above["n_eq"], above["above"], above["rate"], above["high"]) == (None, 24, None, None)
    assert above["low"] == pytest.approx(0.25)
    assert "no amount of real data within the 24 items measured reaches made" in text(above["line"])
    assert (below["below"], below["low"]) == (12, None)
    assert below["high"] == pytest.approx(-0.25)
    assert above["break_even"] is None


@pytest.mark.parametrize(
    ("arms", "changes", "says"),
    [
        ((REAL, MADE), {}, "at one size"),
        ((Arm("copies", oversample=1), MADE), {"comparators": ("copies",)}, "no arm of real items alone"),
    ],
)
def test_without_a_curve_there_is_no_rate_and_the_reason_is_said(
    arms: tuple[Arm, ...], changes: dict[str, Any], says: str
) -> None:
    found = exchange_rates(effects_of(spec_of(arms, **changes), rising, {"made": 48}))
    assert found is not None
    assert found["rows"] == []
    assert says in text(found["line"])
    assert exchange_rates(effects_of(spec_of((REAL, Arm("more", more_real=2))), rising)) is None


@pytest.mark.parametrize(
    ("low", "high", "made", "pays"),
    [(0.2, 0.4, 0.1, "shown"), (0.2, 0.4, 1.0, "shown_not"), (None, 0.4, 0.1, "open"), (0.01, None, 0.1, "open"),
     (-0.5, -0.1, 0.01, "shown_not"), (0.2, 0.4, None, None)],
)  # fmt: skip
def test_break_even_is_shown_by_the_whole_interval_only(
    low: float | None, high: float | None, made: float | None, pays: str | None
) -> None:
    prices = {"label": 2.0} if made is None else {"label": 2.0, "made": made}
    found = break_even(Exchange(30.0, 0.3, low, high, None, None, 10), prices, "EUR")
    assert found is not None
    assert found["pays"] == pays
    assert found["price"] == pytest.approx(0.6)
    assert "EUR" in text(found["line"])
    assert break_even(Exchange(30.0, 0.3, low, high, None, None, 10), {"made": 1.0}, "EUR") is None


def test_a_plain_study_says_its_curves_and_tests_and_nothing_that_it_did_not_ask() -> None:
    effects = effects_of(spec_of((REAL, MADE)), rising)
    found = beside(effects.bench, {"overall": {"shots": 10}}, effects.trials, [])
    assert set(found) == {"curves", "exchange"}
