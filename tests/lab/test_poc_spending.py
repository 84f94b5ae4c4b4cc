"""Where the money goes, by hand; no cap is passed, and what going on is worth."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from poc_material import PRICED, poc, untouched

from shisaku.core.amount import Amount
from shisaku.core.poc_form import Assumed, Held, PocForm, Prices
from shisaku.errors import RecipeError
from shisaku.lab.poc.chance import Simulator
from shisaku.lab.poc.draws import Worlds, draw_worlds
from shisaku.lab.poc.looks import Ends, looks_of
from shisaku.lab.poc.margin import margin_of
from shisaku.lab.poc.plan import plan_of
from shisaku.lab.poc.rules import Call
from shisaku.lab.poc.spending import bill, cost, limits_of, loss_caps, stage_costs
from shisaku.lab.poc.value import Mean, value_of

TODAY = date(2026, 1, 5)
RANGED = Prices(Amount.of(1.0, 3.0), Amount.of(0.2, 0.5), Amount.of(1.0, 1.5, 4.0), Amount.of(10.0))


def plan(form: PocForm, **more: Any) -> dict[str, Any]:
    return plan_of(form, TODAY, **{"worlds": 2_000, **more})


def test_the_bill_by_hand() -> None:
    """100 labels of 2, 490 items trained on with a made one each, and 10 + 2 x 5 hours."""
    assert bill(poc(), 100, 2) == {
        "test_labels": 60.0, "training_labels": 140.0, "made": 0.5 * 490, "checking": 1.5 * 490, "hours": 200.0,
    }  # fmt: skip
    # Class a comes with one label in nine: 45 labels until ten of it can be trained on, the other 55 to test on.
    assert bill(untouched(100, labelled=Held({"a": 5, "b": 40})), 100, 1) == {
        "test_labels": 110.0, "training_labels": 90.0, "made": 0.5 * 90, "checking": 1.5 * 90, "hours": 150.0,
    }  # fmt: skip


@pytest.mark.parametrize("money", [2_100.0, 2_345.0, 7_000.0])
@pytest.mark.parametrize("form", [poc(looks=3), untouched(50, looks=2), poc(prices=RANGED)])
def test_nothing_is_spent_beyond_the_money_whatever_prices_are(form: PocForm, money: float) -> None:
    form = replace(form, budget=10 * money, loss_cap=money, expected_gain=Amount.of(0.03))
    limits = limits_of(form, money, TODAY)
    assert cost(form, limits.labels) <= money
    if limits.labels == limits.money:
        assert cost(form, limits.labels + 1) > money
    looks = looks_of(form, limits.labels)
    paid = stage_costs(form, looks, draw_worlds(form, 500, 0).prices)
    caps = loss_caps(form, looks)
    assert (np.cumsum(paid, axis=0) <= np.array(caps)[:, None] + 1e-9).all()
    assert caps[-1] == pytest.approx(sum(bill(form, limits.labels, len(looks)).values()))
    assert caps[-1] <= money
    found = plan(form)
    assert found["budget"]["total"] <= money
    assert found["looks"][-1]["loss_cap"] == pytest.approx(found["budget"]["total"])


def test_labels_are_bounded_by_what_is_there_and_by_the_days_left() -> None:
    form = poc(unlabelled=70, budget=10**9, expected_gain=Amount.of(0.025))
    assert plan(form)["provable"]["planned"]["labels"] == 70
    soon = replace(form, unlabelled=10_000, deadline=date(2026, 1, 19), labels_per_day=30)
    found = plan(soon)
    assert found["budget"]["most_labels"]["days"] == 300
    assert found["provable"]["planned"]["labels"] == 300
    assert any("before the deadline" in one["template"] for one in found["missing"])
    assert [look["by"] for look in plan(replace(soon, looks=2))["looks"]] == ["2026-01-12", "2026-01-19"]


def test_no_more_is_bought_than_is_needed_and_wanted() -> None:
    form = poc(labelled=Held({"a": 80, "b": 80}), wanted=0.5)
    found = plan(form)
    needed = found["provable"]["needed"]["labels"]
    assert found["provable"]["planned"]["labels"] == needed
    assert found["budget"]["left"] > 0
    assert not found["exploratory"]
    more = plan(replace(form, wanted=0.95))
    assert more["provable"]["planned"]["labels"] == more["minimum"]["labels"] > needed
    assert more["chance"]["adopt"]["share"] >= 0.95


def test_the_least_spend_is_enough_and_one_label_less_is_not() -> None:
    form = poc(labelled=Held({"a": 80, "b": 80}), wanted=0.6, looks=2)
    found = plan(form)["minimum"]
    simulator = Simulator(form, draw_worlds(form, 2_000, 0), 0.02, 0)
    assert simulator.adopts(found["labels"]).share >= 0.6 > simulator.adopts(found["labels"] - 1).share
    assert found["low"] <= found["labels"] <= found["high"]
    assert found["spend"] == pytest.approx(cost(form, found["labels"]))
    assert found["within_budget"]


def test_more_money_never_lowers_the_chance() -> None:
    form = poc(labelled=Held({"a": 60, "b": 60}), assumed=Assumed(), expected_gain=Amount.of(0.0, 0.06, 0.12), looks=2)
    shares = [
        plan(replace(form, budget=money))["chance"]["adopt"]["share"] for money in (600, 900, 2_000, 6_000, 40_000)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.2
    curve = [row["adopt"]["share"] for row in plan(form)["curve"]]
    assert curve == sorted(curve)


def test_a_chance_that_no_money_buys_is_said_to_be_none() -> None:
    found = plan(poc(expected_gain=Amount.of(-0.02, 0.06), wanted=0.9, unlabelled=1_000_000))
    assert found["minimum"]["labels"] is None
    assert found["chance"]["above_margin"]["high"] < 0.9
    poor = plan(poc(labelled=Held({"a": 60, "b": 60}), wanted=0.8, budget=700.0))
    assert poor["minimum"]["labels"] is not None
    assert not poor["minimum"]["within_budget"]
    assert poor["minimum"]["spend"] > 700


def test_the_margin_from_money_by_hand() -> None:
    """(20000 + 5000) / 2 years + 1000 a year, of 10000 items at 100 each: 0.0135."""
    form = poc(worth=PRICED, smallest_gain=None)
    assert margin_of(form).gain == pytest.approx(13_500 / 1_000_000)
    assert margin_of(form).source == "money"
    assert margin_of(replace(form, smallest_gain=0.03)).source == "form"
    assert margin_of(poc(smallest_gain=None)).source == "usual"
    rare = replace(
        form, positive="a", positive_share=Amount.of(0.02),
        worth=replace(PRICED, error_cost={"missed": Amount.of(1_000.0), "false_alarm": Amount.of(10.0)}),
    )  # fmt: skip
    assert margin_of(rare).gain == pytest.approx(13_500 / (10_000 * (0.02 * 1_000 + 0.98 * 10)))
    with pytest.raises(RecipeError, match="without any error would not pay"):
        margin_of(replace(form, budget=500_000.0))


def worth_of(form: PocForm, labels: int = 0) -> Any:
    simulator = Simulator(form, draw_worlds(form, 4_000, 0), 0.02, 0)
    ends = simulator.play(labels)
    assert ends is not None
    return value_of(form, looks_of(form, labels), ends, simulator.worlds), ends


def test_a_sure_gain_is_worth_what_it_earns_less_what_is_paid() -> None:
    """2 years x (10000 items x 100 x 0.15 - 1000) - 5000 - (420 made and checked at 2, 15 hours at 10)."""
    form = poc(worth=PRICED, expected_gain=Amount.of(0.15), assumed=Assumed(Amount.of(0.16), Amount.of(1.0)))
    value, ends = worth_of(form)
    assert ends.adopted.all()
    assert value.whole.mean == pytest.approx(2 * (150_000 - 1_000) - 5_000 - 2 * 420 - 150)
    nothing, _ = worth_of(replace(form, expected_gain=Amount.of(0.0)))
    assert nothing.whole.mean == pytest.approx(-2 * 420 - 150, rel=0.05)


def test_money_has_no_unit_and_no_say_in_the_chance() -> None:
    ranged = replace(PRICED, error_cost={"any": Amount.of(20.0, 60.0, 200.0)}, rollout=Amount.of(0.0, 9_000.0))
    form = poc(worth=ranged, expected_gain=Amount.of(0.0, 0.1), looks=2)

    def times(amount: Amount) -> Amount:
        return Amount.of(*(7 * one for one in amount.told()))

    scaled = replace(
        form, budget=7 * 20_000.0, prices=Prices(*(times(one) for one in map(Amount.of, (2.0, 0.5, 1.5, 10.0)))),
        worth=replace(ranged, error_cost={"any": times(ranged.error_cost["any"])}, rollout=times(ranged.rollout),
                      running=times(ranged.running)),
    )  # fmt: skip
    one, many = plan(form), plan(scaled)
    assert one["chance"] == many["chance"]
    assert many["value"]["whole"]["mean"] == pytest.approx(7 * one["value"]["whole"]["mean"])
    free = replace(form, worth=replace(ranged, error_cost={"any": Amount.of(0.0)}))
    assert plan(free)["value"]["whole"]["high"] < 0
    assert plan(free)["chance"] == one["chance"]


def test_the_right_to_stop_by_hand() -> None:
    """Four kinds of worlds, two stages of 100 and 200; an ADOPT earns 1000."""
    calls = np.repeat(np.array([
        [Call.ADOPT, Call.FUTILE, Call.FUTILE, Call.OPEN],
        [Call.ADOPT, Call.ADOPT, Call.OPEN, Call.OPEN],
    ]), 50, axis=1)  # fmt: skip
    at, call = np.repeat([0, 0, 0, 1], 50), np.repeat([Call.ADOPT, Call.FUTILE, Call.FUTILE, Call.OPEN], 50)
    estimates = np.repeat(np.array([[0.1, 0.03, -0.01, 0.02]] * 2), 50, axis=1)
    ends = Ends(calls, at.astype(np.int64), call.astype(np.int64), estimates)
    form = poc(labelled=Held({"a": 15, "b": 15}), looks=2, setup_hours=0.0, look_hours=0.0, worth=PRICED)
    looks = looks_of(form, 200)
    n = 200
    prices = {"label": np.full(n, 2.0), "made": np.zeros(n), "check": np.zeros(n), "hour": np.zeros(n)}
    worlds = Worlds(
        *(np.full(n, 0.1) for _ in range(4)), prices, np.full(n, 10_000.0), np.zeros(n), np.full(n, 1_000.0)
    )
    assert stage_costs(form, looks, prices)[:, 0].tolist() == [200.0, 200.0]
    value = value_of(form, looks, ends, worlds)
    assert value is not None
    assert value.whole is not None
    assert value.whole.mean == pytest.approx((800 - 200 - 200 - 400) / 4)
    second = value.stages[1]
    assert second.reached == 0.25
    assert second.going_on is not None
    assert second.going_on.mean == pytest.approx(-200)
    # Of the two kinds that are stopped one would have earned 800 more and the other only paid 200.
    assert second.option is not None
    assert second.option.mean == pytest.approx((-800 + 200) / 4)
    assert second.pays is not None
    assert (second.pays.when, second.pays.estimate) == ("from", 0.03)


def test_a_mean_has_its_monte_carlo_interval() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    found = Mean.of(values)
    assert found is not None
    assert found.high - found.mean == pytest.approx(1.96 * values.std(ddof=1) / math.sqrt(400), rel=1e-4)
    assert Mean.of(values[:10]) is None


def test_what_going_on_is_worth_is_not_known_where_the_form_does_not_say() -> None:
    for lacking in ({"rollout": None}, {"running": None}, {"items_per_year": None}, {"error_cost": {}}):
        assert plan(poc(worth=replace(PRICED, **lacking)))["value"] is None
