"""Money over years: worked by hand, laws of currency and interest, draws of what is known as a range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shisaku.core.amount import Amount
from shisaku.stats.cash_flow import CashFlow, annuity, break_even_volume, chance_above
from shisaku.stats.drawn_amounts import drawn_amounts
from shisaku.stats.tornado import Swing, tornado


def test_three_years_by_hand() -> None:
    flow = CashFlow.of(1000, [500, 500, 500], 0.1)
    worth = 500 / 1.1 + 500 / 1.21 + 500 / 1.331
    assert flow.npv() == pytest.approx(worth - 1000)
    assert flow.npv() == pytest.approx(243.43, abs=0.01)
    assert flow.roi() == pytest.approx(0.24343, abs=1e-5)
    assert flow.payback() == pytest.approx(2.0)
    # 454.55 and 413.22 in two years, 132.23 of the third year's 375.66.
    assert flow.payback(discounted=True) == pytest.approx(2 + 132.2314 / 375.6574, abs=1e-6)
    assert annuity(0.1, 3) * 500 == pytest.approx(worth)


def test_what_is_never_earned_back_has_no_payback() -> None:
    flow = CashFlow.of([1000.0, 1000.0, 0.0, 100.0], [[300, 300, 300], [600, -100, 600], [0, 0, 0], [0, 100, 0]], 0.0)
    assert flow.payback() == pytest.approx([math.nan, 2 + 500 / 600, 0.0, 2.0], nan_ok=True)
    assert CashFlow.of(1000, [500, 500, 100], 0.2).payback(discounted=True) == pytest.approx(math.nan, nan_ok=True)


def test_money_that_goes_again_is_earned_back_when_it_first_was() -> None:
    assert CashFlow.of(100, [150, -100, 20], 0.0).payback() == pytest.approx(2 / 3)


def test_the_volume_that_pays_by_hand() -> None:
    assert break_even_volume(10_000, 5.0, 3.0) == 5000
    # Three years at 10 %: 10,000 / 2.486852 + 1,000 a year, at 2 saved an item.
    assert break_even_volume(10_000, 5.0, 3.0, fixed=1000, interest=0.1, periods=3) == pytest.approx(
        (10_000 / 2.486852 + 1000) / 2, rel=1e-6
    )
    assert break_even_volume(10_000, 3.0, 3.0) is None
    assert break_even_volume(10_000, 2.0, 3.0) is None
    assert break_even_volume(0, 2.0, 3.0) == 0.0


@given(st.floats(1, 1e6), st.floats(0.1, 50), st.floats(0, 1e4), st.floats(0, 0.5), st.integers(1, 10))
def test_at_the_break_even_volume_nothing_is_earned_or_lost(
    invested: float, gain: float, fixed: float, interest: float, periods: int
) -> None:
    volume = break_even_volume(invested, gain + 1, 1, fixed=fixed, interest=interest, periods=periods)
    assert volume is not None
    flow = CashFlow.of(invested, [volume * gain - fixed] * periods, interest)
    assert flow.npv() == pytest.approx(0.0, abs=1e-6 * (invested + fixed * periods))
    assert flow.payback(discounted=True) == pytest.approx(periods, rel=1e-6) or np.isnan(flow.payback(discounted=True))


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=8), st.floats(1, 1e4), st.floats(0, 1), st.floats(0.01, 100))
def test_another_currency_scales_value_and_leaves_return_and_payback(
    net: list[float], invested: float, interest: float, unit: float
) -> None:
    one, other = CashFlow.of(invested, net, interest), CashFlow.of(invested * unit, np.array(net) * unit, interest)
    assert other.npv() == pytest.approx(one.npv() * unit, rel=1e-9, abs=1e-6)
    assert other.roi() == pytest.approx(one.roi(), rel=1e-9, abs=1e-6)
    more = CashFlow.of(invested, np.array(net) + 1.0, interest)
    assert more.npv() > one.npv()
    assert CashFlow.of(invested, net, 0.0).npv() == pytest.approx(sum(net) - invested, abs=1e-6)


def test_rows_of_draws_are_reckoned_one_by_one() -> None:
    rng = np.random.default_rng(0)
    invested, net, interest = rng.uniform(50, 200, 30), rng.normal(60, 30, (30, 4)), rng.uniform(0, 0.2, 30)
    together = CashFlow.of(invested, net, interest)
    for k in range(30):
        alone = CashFlow.of(invested[k], net[k], interest[k])
        assert alone.npv() == pytest.approx(together.npv()[k])
        assert alone.payback(True) == pytest.approx(together.payback(True)[k], nan_ok=True)


def test_draws_of_amounts_follow_their_laws() -> None:
    amounts = {"a": Amount.of(5.0), "b": Amount.of(1.0, 3.0), "c": Amount.of(0.0, 2.0, 10.0)}
    found = drawn_amounts(amounts, 0, 20_000)
    assert set(found["a"]) == {5.0}
    assert stats.kstest(found["b"], stats.uniform(1, 2).cdf).pvalue > 0.001
    assert stats.kstest(found["c"], stats.triang(0.2, 0, 10).cdf).pvalue > 0.001
    assert abs(np.corrcoef(found["b"], found["c"])[0, 1]) < 0.03
    # Another amount, or another order, changes nothing in the others.
    again = drawn_amounts({"z": Amount.of(0.0, 1.0), "c": amounts["c"], "b": amounts["b"]}, 0, 20_000)
    assert (again["b"] == found["b"]).all()
    assert (drawn_amounts(amounts, 1, 20_000)["b"] != found["b"]).any()


def test_the_chance_of_a_gain_worked_by_hand() -> None:
    # Bought for 1, sold next year for 0 to 4: a gain in 3 of 4 cases.
    sold = drawn_amounts({"sold": Amount.of(0.0, 4.0)}, 0, 10_000)["sold"]
    found = chance_above(CashFlow.of(1.0, sold[:, None], 0.0).roi())
    assert found.low < 0.75 < found.high
    assert found.high - found.low < 0.02
    assert chance_above(np.zeros(50)).value == 0.0


def worth(values: object) -> float:
    return float(values["volume"] * (values["saving"] - 1) - values["price"])  # type: ignore[index]


def test_a_tornado_by_hand() -> None:
    amounts = {
        "volume": Amount.of(80.0, 100.0, 120.0),
        "saving": Amount.of(2.0, 6.0),
        "price": Amount.of(250.0),
        "rent": Amount.of(1.0, 9.0),
    }
    likely, swings = tornado(amounts, worth)
    assert likely == 100 * 3 - 250
    assert swings == (Swing("saving", -150, 250), Swing("volume", -10, 110), Swing("rent", 50, 50))
    assert [swing.turns for swing in swings] == [True, True, False]
    assert [swing.size for swing in swings] == [400, 120, 0]


@settings(max_examples=40)
@given(st.permutations(["saving", "volume", "price"]), st.floats(0.1, 100))
def test_a_tornado_does_not_care_for_order_or_currency(order: list[str], unit: float) -> None:
    amounts = {"volume": Amount.of(80.0, 120.0), "saving": Amount.of(2.0, 6.0), "price": Amount.of(200.0, 300.0)}
    likely, swings = tornado(amounts, worth)
    other, moved = tornado({name: amounts[name] for name in order}, lambda values: worth(values) * unit)
    assert other == pytest.approx(likely * unit)
    assert [swing.name for swing in moved] == [swing.name for swing in swings]
    assert [swing.size for swing in moved] == pytest.approx([swing.size * unit for swing in swings])


@pytest.mark.parametrize(
    "call",
    [
        lambda: CashFlow.of(-1, [1.0], 0.1),
        lambda: CashFlow.of(1, [], 0.1),
        lambda: CashFlow.of(1, 5.0, 0.1),
        lambda: CashFlow.of(1, [math.nan], 0.1),
        lambda: CashFlow.of(1, [1.0], -1.0),
        lambda: CashFlow.of(0, [1.0], 0.1).roi(),
        lambda: annuity(0.1, 0),
        lambda: break_even_volume(-1, 2, 1),
        lambda: break_even_volume(1, math.inf, 1),
        lambda: chance_above([math.nan]),
        lambda: drawn_amounts({}, 0, 0),
        lambda: tornado({"a": Amount.of(1.0, 2.0)}, lambda values: math.nan),
    ],
)
def test_money_that_cannot_be_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match=r"must be|needs|nothing was invested|not a number|is nan"):
        call()  # type: ignore[operator]
