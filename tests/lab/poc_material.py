"""A form whose every figure is known, to be changed by tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shisaku.core.amount import Amount
from shisaku.core.poc_form import Assumed, Held, PocForm, Prices, Worth

KNOWN = Assumed(Amount.of(0.1), Amount.of(1.0), Amount.of(0.0))
PRICED = Worth(
    "JPY",
    error_cost={"any": Amount.of(100.0)},
    items_per_year=Amount.of(10_000.0),
    years=2,
    rollout=Amount.of(5_000.0),
    running=Amount.of(1_000.0),
)


def poc(**changes: Any) -> PocForm:
    """Return a form without ranges: 300 items of either class at hand, an error rate of 0.2, margin 0.02."""
    usual = PocForm(
        title="known",
        decides="which is which",
        kind="image",
        labelled=Held({"a": 300, "b": 300}),
        worth=Worth("JPY"),
        prices=Prices(*(Amount.of(price) for price in (2.0, 0.5, 1.5, 10.0))),
        expected_gain=Amount.of(0.06),
        unlabelled=5_000,
        error_rate=Amount.of(0.2),
        smallest_gain=0.02,
        setup_hours=10.0,
        look_hours=5.0,
        made_per_real=1.0,
        budget=20_000.0,
        looks=1,
        assumed=KNOWN,
    )
    return replace(usual, **changes)


def untouched(n: int, groups: int = 0, **changes: Any) -> PocForm:
    """Return the form with an untouched test set of `n` items of either class."""
    return poc(test="untouched", untouched=Held({"a": n, "b": n}, groups), **changes)
