"""Numbers as each language writes them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.report.numbers import MINUS, duration, money, money_range, money_span, number, percent, points, signed


@given(st.floats(-1, 1))
def test_a_difference_keeps_its_sign_and_value(value: float) -> None:
    text = signed(value)
    assert math.isclose(float(text.replace(MINUS, "-")), value * 100, abs_tol=0.051)
    assert text[0] in "+0" + MINUS
    assert text not in ("+0.0", f"{MINUS}0.0")


def test_units_are_translated() -> None:
    assert points(0.115).en == "+11.5 points"
    assert points(0.115).ja == "+11.5ポイント"
    assert duration(130).ja == "2.2 分"
    assert percent(0.975) == "97.5\u00a0%"


def test_money_is_rounded_and_written_as_each_language_does() -> None:
    assert money(1_234_567, "JPY").en == "¥1,200,000"
    assert money(1_234_567, "JPY").ja == "120万円"
    assert money(5_432, "units").en == "5,400 units"
    assert money(12.345, "USD").en == "$12.00"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1000, 2000, "A saving of ¥1,000 to ¥2,000 a year"),
        (-2000, -1000, "An extra cost of ¥1,000 to ¥2,000 a year"),
        (-500, 300, "Between an extra cost of ¥500 and a saving of ¥300 a year"),
        (300, -500, "Between an extra cost of ¥500 and a saving of ¥300 a year"),
    ],
)
def test_a_range_says_saving_loss_or_both(low: float, high: float, said: str) -> None:
    found = money_range({"low": low, "high": high, "currency": "JPY", "illustrative": True})
    assert found is not None
    assert found.en == said


def test_no_money_is_no_text() -> None:
    assert money_range(None) is None
    assert money_range({"low": None, "high": 1.0}) is None
    assert number(None) == "–"
    assert number(float("nan")) == "–"


def test_a_short_range_shows_its_signs() -> None:
    found = money_span({"low": -1_740_000, "high": 230_000, "currency": "JPY", "illustrative": True})
    assert found is not None
    assert (found.en, found.ja) == ("−¥1.7M … +¥230K", "−170万円 … +23万円")
    assert money_span({"low": None, "high": None}) is None
