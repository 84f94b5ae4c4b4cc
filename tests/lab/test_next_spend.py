"""Spending a budget: hand-computed, and never more than there is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.lab.next_data.offer import Offer
from shisaku.lab.next_data.probes import first_looks
from shisaku.lab.next_data.spend import affordable, judged, spend

RATES = st.floats(-0.01, 0.05).filter(lambda rate: abs(rate) > 1e-6)


def offers(**prices: tuple[float, int]) -> list[Offer]:
    return [Offer(name, "labels", price, available) for name, (price, available) in prices.items()]


def linear(**rates: float) -> object:
    def gain(units: Mapping[str, float]) -> np.ndarray:
        return np.full(5, sum(rates[name] * n for name, n in units.items()))

    return gain


def test_money_goes_where_it_adds_most_per_unit_until_there_is_no_more() -> None:
    # a: 0.02 per 10 = 0.002 per money, five of them; b: 0.003 per 2 = 0.0015, enough of it
    found = spend(offers(a=(10, 5), b=(2, 1000)), linear(a=0.02, b=0.003), 120)  # type: ignore[arg-type]
    assert found == {"a": 5, "b": 35}


def test_what_harms_is_not_bought_and_what_is_dear_is_bought_by_the_item() -> None:
    assert spend(offers(bad=(1, 100)), linear(bad=-0.1), 50) == {"bad": 0}  # type: ignore[arg-type]
    assert spend(offers(dear=(40, 9)), linear(dear=0.1), 100) == {"dear": 2}  # type: ignore[arg-type]


def test_a_falling_gain_divides_the_budget() -> None:
    def gain(units: Mapping[str, float]) -> np.ndarray:
        return np.full(3, sum(np.sqrt(n) for n in units.values()))

    found = spend(offers(a=(1, 1000), b=(1, 1000)), gain, 120)
    assert found == {"a": 60, "b": 60}


def test_where_a_score_has_a_worth_only_what_pays_is_bought() -> None:
    cheap = offers(a=(10, 100))
    # one item adds 0.01; a score higher by 1 is worth 2000 a year, so an item is worth 20 and costs 10
    assert spend(cheap, linear(a=0.01), 100, per_score=2000) == {"a": 10}  # type: ignore[arg-type]
    assert spend(cheap, linear(a=0.01), 100, per_score=900) == {"a": 0}  # type: ignore[arg-type]
    assert spend(cheap, linear(a=0.01), 100, per_score=0.0) == {"a": 0}  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.floats(0.1, 50), st.integers(0, 200), RATES), min_size=1, max_size=5),
    st.floats(1, 500),
)
@settings(max_examples=80, deadline=None)
def test_never_more_than_the_budget_or_than_there_is(rows: list[tuple[float, int, float]], budget: float) -> None:
    names = [f"o{k}" for k in range(len(rows))]
    listed = [Offer(name, "labels", price, n) for name, (price, n, _) in zip(names, rows, strict=True)]
    gain = linear(**{name: rate for name, (_, _, rate) in zip(names, rows, strict=True)})
    found = spend(listed, gain, budget)  # type: ignore[arg-type]
    assert sum(found[one.name] * one.price for one in listed) <= budget + 1e-6
    assert all(0 <= found[one.name] <= one.available for one in listed)
    # All that pays and can be had is bought: what is left buys no further item that adds.
    left = budget - sum(found[one.name] * one.price for one in listed)
    for one, (_, _, rate) in zip(listed, rows, strict=True):
        assert rate <= 0 or found[one.name] == one.available or one.price > left - 1e-6


def test_figures_to_go_by() -> None:
    draws = np.r_[9.0, np.arange(101.0)]
    assert judged(draws, "mean") == pytest.approx(draws.mean())
    assert (judged(draws, "low"), judged(draws, "high")) == (25.0, 75.0)


def test_affordable_is_whole_and_there() -> None:
    assert affordable(Offer("a", "labels", 0.1, 100), 0.3) == 3  # not 2, for all that 0.3 / 0.1 is
    assert affordable(Offer("a", "labels", 10, 2), 100) == 2


def test_first_looks_are_small_and_only_where_nothing_is_known() -> None:
    from next_material import drawn

    listed = [
        Offer("labels", "labels", 10, 100),
        Offer("new", "source", 5, 1000),
        Offer("probed", "source", 5, 1000, probe=drawn(8)),
        Offer("dear", "source", 100, 1000),
        Offer("repairs", "repairs", 4, 100),
        Offer("scarce", "source", 5, 2),
    ]
    found = first_looks(listed, n_classes=4, budget=500)
    assert found == {
        "new": 8,
        "repairs": 10,
    }  # 8 %: eight items; of the dear one four cost 400; of two, two are too few
    assert first_looks([Offer("r", "repairs", 4, 100, looked={"a": "b"})], 4, 500) == {}
