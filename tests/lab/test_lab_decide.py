"""The rule of the protocol, on estimates made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_material import planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.kpi import Kpi
from shisaku.core.verdict import FULL, PILOT
from shisaku.lab.contrast import Contrast
from shisaku.lab.decide import Decided, decide
from shisaku.lab.money import money_of
from shisaku.lab.plan import freeze
from shisaku.stats.estimate import TEstimate

WIDE = (Domain("clean", "resplit", delta_safe=0.4), Domain("clutter", "derived", stream="clutter"))
ARMS = tuple(Arm(name, add="helpful") for name in ("a", "b", "c"))
DATA = planted()


def estimate(low: float, high: float) -> TEstimate:
    """An estimate whose two-sided 95 % interval is [low, high]."""
    return TEstimate((low + high) / 2, (high - low) / 2 / 1.959964, 1e9, "t")


def decided(
    found: dict[tuple[str, str], tuple[float, float]], domains: tuple[Domain, ...] = WIDE, **more: Any
) -> Decided:
    names = tuple(dict.fromkeys(arm for arm, _ in found))
    spec = study(arms=(Arm("real"), *ARMS), contrasts=names, domains=domains, **more)
    measured = [
        Contrast(
            arm, domain, 0, estimate(*ends), (0.0, 0.1), 60.0, 36.0, None, "real", (("copies", 1), ("real", 1)), {}
        )
        for (arm, domain), ends in found.items()
    ]
    return decide(spec, freeze(spec, DATA), measured)


@pytest.mark.parametrize(
    ("clutter", "clean", "row", "overall"),
    [
        ((0.05, 0.15), (-0.1, 0.1), "ADOPT", "ADOPT"),
        ((0.05, 0.15), (-0.5, 0.1), "ADOPT", "ABSTAIN"),
        ((0.05, 0.15), (-0.9, -0.5), "ADOPT", "REJECT"),
        ((0.01, 0.15), (-0.1, 0.1), "ABSTAIN", "ABSTAIN"),
        ((0.01, 0.15), (-0.9, -0.5), "ABSTAIN", "REJECT"),
        ((-0.05, 0.01), (-0.1, 0.1), "REJECT", "REJECT"),
        ((-0.05, -0.01), (-0.1, 0.1), "REJECT", "REJECT"),
        ((-0.05, 0.05), (-0.1, 0.1), "ABSTAIN", "ABSTAIN"),
    ],
)
def test_the_rule(clutter: tuple[float, float], clean: tuple[float, float], row: str, overall: str) -> None:
    made = decided({("a", "clean"): clean, ("a", "clutter"): clutter})
    primary = next(verdict for verdict in made.verdicts if verdict.domain == "clutter")
    assert primary.decision == row
    assert made.overall.decision == overall
    assert primary.interval == pytest.approx(clutter)
    assert primary.level == pytest.approx(0.95)


def test_reasons_name_what_was_shown() -> None:
    def reason(clutter: tuple[float, float]) -> str:
        return str(decided({("a", "clean"): (-0.1, 0.1), ("a", "clutter"): clutter}).verdicts[1].reason)

    assert (
        reason((0.05, 0.15))
        == "a beats real on clutter by +10.0 points [+5.0, +15.0]: more than the 2.0 points worth having"
    )
    assert reason((-0.15, -0.05)) == "a is worse than real on clutter: -10.0 points [-15.0, -5.0]"
    assert "less than the 2.0 points" in reason((-0.05, 0.01))
    assert reason((-0.05, 0.05)).startswith("Not shown: a against real on clutter is +0.0 points")


def test_a_plan_that_cannot_show_safety_never_adopts() -> None:
    narrow = (Domain("clean", "resplit", delta_safe=0.05), Domain("clutter", "derived", stream="clutter"))
    made = decided({("a", "clean"): (-0.01, 0.01), ("a", "clutter"): (0.05, 0.15)}, narrow)
    assert made.overall.detail["safety"]["clean"]["shown"]
    assert (made.overall.decision, made.overall.ceiling) == ("ABSTAIN", PILOT)
    assert "this plan cannot show" in str(made.overall.reason)
    assert decided({("a", "clean"): (-0.01, 0.01), ("a", "clutter"): (0.05, 0.15)}).overall.ceiling == FULL


def test_holm_widens_the_intervals_that_decide() -> None:
    found = {(arm, "clutter"): ends for arm, ends in
             {"a": (0.03, 0.13), "b": (0.06, 0.16), "c": (0.021, 0.121)}.items()}  # fmt: skip
    made = {
        v.arm: v
        for v in decided({**found, **{(a, "clean"): (-0.1, 0.1) for a in "abc"}}).verdicts
        if v.domain == "clutter"
    }
    assert [made[arm].detail["levels"]["gain"] for arm in "bac"] == pytest.approx([0.025 / 3, 0.0125, 0.025])
    assert {arm: v.decision for arm, v in made.items()} == {"a": "ADOPT", "b": "ADOPT", "c": "ADOPT"}
    assert made["b"].interval[0] < 0.06
    weak = {**found, ("c", "clutter"): (0.019, 0.119), ("a", "clutter"): (0.022, 0.122)}
    later = {
        v.arm: v
        for v in decided({**weak, **{(a, "clean"): (-0.1, 0.1) for a in "abc"}}).verdicts
        if v.domain == "clutter"
    }
    assert later["a"].decision == "ABSTAIN"  # above the margin alone, not in this family
    assert later["a"].interval[0] < 0.02


bounds = st.tuples(st.floats(-0.3, 0.3), st.floats(0.001, 0.3)).map(lambda p: (p[0] - p[1], p[0] + p[1]))


@settings(deadline=None, max_examples=60)
@given(st.lists(bounds, min_size=1, max_size=3), st.lists(bounds, min_size=3, max_size=3))
def test_decisions_and_printed_intervals_agree(
    clutter: list[tuple[float, float]], clean: list[tuple[float, float]]
) -> None:
    found = {("abc"[i], "clutter"): ends for i, ends in enumerate(clutter)}
    found |= {("abc"[i], "clean"): clean[i] for i in range(len(clutter))}
    made = decided(found)
    for verdict in made.verdicts:
        low, high = verdict.interval
        assert low <= verdict.effect <= high
        assert (verdict.decision == "ADOPT") == (low > 0.02)
        assert (verdict.decision == "REJECT") == (high < 0.02)
        money = verdict.money
        assert money is not None
        if verdict.decision == "ABSTAIN":
            assert money.low <= 0 <= money.high
    if made.overall.decision == "ADOPT":
        mine = [v for v in made.verdicts if v.arm == "a"]
        assert all(v.detail["safety"]["shown"] for v in mine)


def test_money() -> None:
    kpi = Kpi(200, 10_000, "JPY", illustrative=False)
    money = money_of((0.05, 0.15), "ADOPT", kpi)
    assert money is not None
    assert (money.low, money.high, money.currency, money.illustrative) == pytest.approx((1e5, 3e5, "JPY", False))
    open_ = money_of((0.05, 0.15), "ABSTAIN", kpi)
    assert open_ is not None
    assert open_.low == 0.0
    assert money_of((float("-inf"), 0.1), "ABSTAIN", kpi) is None


def test_the_reason_names_the_comparator_that_was_agreed_on() -> None:
    found = decided({("a", "clean"): (0.05, 0.15), ("a", "clutter"): (0.05, 0.15)})
    for verdict in found.verdicts:
        assert verdict.comparator == "real"
        assert verdict.reason.values["comparator"] == "real"
