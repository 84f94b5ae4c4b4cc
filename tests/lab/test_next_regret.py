"""Regret and its intervals by hand, and the rule for what is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from shisaku.lab.next_data.repeat import Expected, Planned, Repeat
from shisaku.lab.next_data.shown import back_test_line, habit_line, shipped
from shisaku.lab.next_data.summary import PLANNER, summarised
from shisaku.stats.resplit import nadeau_bengio, paired_t


def repeats(gains: Sequence[float], alone: tuple[float, float] = (0.55, 0.45), claim: str = "ABSTAIN") -> list[Repeat]:
    return [
        Repeat(
            {"nothing": 0.4, "random": 0.5, PLANNER: 0.5 + gain, "all labels": alone[0], "all far": alone[1],
             "oracle": 0.7},
            Planned({PLANNER: 0.5 + gain}, {"labels": 3}, (Expected("labels", 0.02, 0.0, 0.05, gain),
                                                            Expected("far", -0.02, -0.05, 0.0, -gain)),
                    claim, {"far": gain}),
            80, 40, 0.1,
        )
        for gain in gains
    ]  # fmt: skip


def test_by_hand() -> None:
    gains = [0.02, 0.04, 0.03, 0.05, 0.06, 0.04]
    (one,) = summarised({"d": repeats(gains, claim="BUY")}).datasets
    decides, plain = nadeau_bengio(gains, 40, 80), paired_t(gains)
    assert (one.against["random"].low, one.against["random"].high) == pytest.approx(
        (decides.low(0.025), decides.high(0.025))
    )
    assert (one.paired.low, one.paired.high) == pytest.approx((plain.low(0.025), plain.high(0.025)))
    assert one.regret.mean == pytest.approx(0.2 - 0.04)
    assert one.random_regret.mean == pytest.approx(0.2)
    assert one.captured == pytest.approx(0.2)
    assert (one.covered, one.foretold) == (10, 12)  # 0.06 lies outside both
    assert one.ranked == pytest.approx(1.0)
    assert one.by_offer["far"] == (pytest.approx(-0.02), pytest.approx(-0.04))
    assert (one.bought, one.right, one.claims) == (6, 6, 6)


def test_where_worlds_share_nothing_the_paired_t_decides() -> None:
    gains = [0.02, 0.04, 0.03, 0.05, 0.06, 0.04]
    (one,) = summarised({"d": repeats(gains)}, ["d"]).datasets
    assert one.against["random"] == one.paired
    assert one.beats_random


def test_over_datasets_a_dataset_is_a_unit() -> None:
    means = (0.03, 0.05, 0.04, 0.06)
    found = summarised({f"d{k}": repeats([mean - 0.01, mean + 0.01]) for k, mean in enumerate(means)})
    over = found.over["random"]
    se = np.std(means, ddof=1) / 2
    assert over.mean == pytest.approx(0.045)
    assert over.high - over.low == pytest.approx(2 * 3.18245 * se, rel=1e-4)  # t of 3 degrees of freedom
    assert found.claim == "BEATS RANDOM"
    assert "beat random ones over 4 collections" in str(found.lines()[0])


def test_datasets_of_one_collection_count_once() -> None:
    means = {"a": 0.03, "b": 0.05, "c": 0.04, "d": 0.06}
    told = {name: repeats([mean - 0.01, mean + 0.01]) for name, mean in means.items()}
    found = summarised(told, collections={"d": "c"})
    assert found.units == 3
    assert found.over["random"].mean == pytest.approx((0.03 + 0.05 + 0.05) / 3)
    alone = summarised({name: told[name] for name in "acd"}, collections={"d": "c"})
    assert alone.claim == "ABSTAIN"  # two units


@pytest.mark.parametrize("means", [(0.05, -0.04, 0.01), (0.05, 0.06), (-0.05, -0.04, -0.06)])
def test_what_is_not_shown_is_abstain(means: tuple[float, ...]) -> None:
    found = summarised({f"d{k}": repeats([mean - 0.01, mean + 0.01]) for k, mean in enumerate(means)})
    assert found.claim == "ABSTAIN"
    assert str(found.lines()[0]).startswith("ABSTAIN")
    json.dumps(found.to_json(), allow_nan=False)


def test_habit_is_chosen_on_the_other_datasets() -> None:
    found = summarised(
        {"a": repeats([0.1, 0.1], alone=(0.9, 0.4)), "b": repeats([0.1, 0.1], alone=(0.5, 0.8)),
         "c": repeats([0.1, 0.1], alone=(0.5, 0.7))}
    )  # fmt: skip
    assert dict(found.habit) == {"a": "all far", "b": "all labels", "c": "all labels"}


def test_habit_is_not_chosen_on_the_same_collection() -> None:
    found = summarised(
        {"a": repeats([0.1, 0.1], alone=(0.5, 0.4)), "b": repeats([0.1, 0.1], alone=(0.5, 0.9)),
         "c": repeats([0.1, 0.1], alone=(0.6, 0.5))}, collections={"b": "a"},
    )  # fmt: skip
    assert found.habit["a"] == "all labels"


def test_the_shipped_summary_is_quoted_as_it_is() -> None:
    held = shipped()
    assert held["claim"] in ("BEATS RANDOM", "ABSTAIN")
    assert len(held["datasets"]) >= held["units"] >= 4
    low = held["over"]["random"]["low"]
    assert (low > 0) == (held["claim"] == "BEATS RANDOM")
    assert f"{100 * held['over']['random']['mean']:+.1f}" in str(back_test_line())
    habit = held["over"]["habit"]
    assert ("not shown to beat the habit" in str(habit_line())) == (habit["low"] <= 0)
