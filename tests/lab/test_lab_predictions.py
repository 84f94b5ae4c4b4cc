"""Two models' predictions end in a verdict, or in an error that says what differs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from shisaku.core.kpi import Kpi
from shisaku.errors import DataError
from shisaku.lab.predictions import compare_predictions

Rows = list[dict[str, Any]]


def rows(right: Any, classes: int = 3, groups: int = 0) -> Rows:
    """One row per item, right where `right` says so."""
    found = []
    for i, good in enumerate(right):
        truth = i % classes
        scores = np.zeros(classes)
        scores[truth if good else (truth + 1) % classes] = 1.0
        group = {"group": f"g{i % groups}"} if groups else {}
        found.append({"item": f"i{i:03d}", "truth": f"c{truth}", "scores": scores.tolist(), **group})
    return found


def pattern(n: int, both: int, only_base: int, only_new: int) -> tuple[Rows, Rows]:
    base = [i < both + only_base for i in range(n)]
    new = [i < both or both + only_base <= i < both + only_base + only_new for i in range(n)]
    return rows(base), rows(new)


def test_a_clear_gain_is_adopted_with_mcnemar_beside() -> None:
    result = compare_predictions(*pattern(200, 120, 2, 60), kpi=Kpi(2.0, 1000, "EUR", illustrative=False))
    verdict = result.verdicts[0]
    assert (result.overall, verdict.decision, verdict.method) == ("ADOPT", "ADOPT", "two_level_bootstrap")
    assert verdict.effect == pytest.approx(58 / 200)
    # Independent pairs: the textbook standard error of a paired difference of proportions.
    se = math.sqrt((62 - 58**2 / 200) / 200 / 199)
    assert verdict.interval == pytest.approx((0.29 - 1.97 * se, 0.29 + 1.97 * se), abs=0.006)
    assert (verdict.detail["only_base_right"], verdict.detail["only_new_right"]) == (2, 60)
    assert verdict.detail["mcnemar_p"] < 1e-12
    assert verdict.money is not None
    assert verdict.money.low == pytest.approx(2000 * verdict.interval[0])
    assert len(result.predictions) == 400
    assert {score.arm: score.value for score in result.arm_scores} == pytest.approx({"base": 0.61, "new": 0.9})
    assert result.plan["hash"]
    assert result.alarms == ()


@pytest.mark.parametrize(
    ("counts", "decision"),
    [((200, 120, 60, 2), "REJECT"), ((65, 45, 5, 8), "ABSTAIN"), ((2000, 1800, 3, 3), "REJECT")],
)
def test_other_decisions(counts: tuple[int, int, int, int], decision: str) -> None:
    assert compare_predictions(*pattern(*counts)).overall == decision


def test_few_items_are_exploratory_and_equal_models_are_not_proved_equal() -> None:
    result = compare_predictions(*pattern(12, 9, 0, 0))
    assert result.verdicts[0].exploratory
    assert str(result.headline).startswith("Exploratory")
    assert result.overall == "ABSTAIN"  # twelve equal items do not show that two points are out of reach


def test_groups_are_the_units() -> None:
    rng = np.random.default_rng(0)
    good = np.repeat(rng.random(10) < 0.5, 30)
    order = np.argsort(np.arange(300) % 10, kind="stable").argsort()
    base, new = rows([True] * 300, groups=10), rows(good[order], groups=10)
    alone = compare_predictions([{**r, "group": ""} for r in base], [{**r, "group": ""} for r in new]).verdicts[0]
    grouped = compare_predictions(base, new).verdicts[0]
    assert (grouped.method, grouped.detail["clusters"]) == ("cluster_t", 10)
    assert np.diff(grouped.interval)[0] > 4 * np.diff(alone.interval)[0]


def test_forms_of_answers_agree() -> None:
    base, new = pattern(60, 30, 5, 20)
    expected = compare_predictions(base, new).verdicts
    mapped = [{**r, "scores": dict(zip(["c0", "c1", "c2"], r["scores"], strict=True))} for r in base]
    pairs = [{**r, "scores": list(zip(["c0", "c1", "c2"], r["scores"], strict=True))} for r in base]
    named = [{**r, "scores": f"c{int(np.argmax(r['scores']))}"} for r in base]
    predicted = [
        {"item": r["item"], "truth": r["truth"], "predicted": n["scores"]} for r, n in zip(base, named, strict=True)
    ]
    for other in (mapped, pairs, named, predicted, base[::-1]):
        assert compare_predictions(other, new).verdicts == expected


def test_balanced_accuracy_weighs_classes_alike() -> None:
    truth = ["big"] * 90 + ["small"] * 10
    base = [{"item": str(i), "truth": t, "predicted": "big"} for i, t in enumerate(truth)]
    new = [{**row, "predicted": row["truth"]} for row in base]
    plain = compare_predictions(base, new).verdicts[0]
    balanced = compare_predictions(base, new, metric="balanced_accuracy").verdicts[0]
    assert (plain.effect, balanced.effect) == pytest.approx((0.1, 0.5))
    assert plain.detail["differences"] == balanced.detail["differences"]


GOOD, OTHER = pattern(20, 10, 2, 5)


def broken(change: dict[str, Any]) -> Rows:
    return [{**GOOD[0], **change}, *GOOD[1:]]


@pytest.mark.parametrize(
    ("base", "says"),
    [
        (GOOD[:-2], "i018, i019"),
        ([*GOOD, GOOD[3]], "i003 appears twice"),
        ([], "same items"),
        (broken({"item": None}), "no item"),
        (broken({"truth": ""}), "no truth"),
        (broken({"truth": "c2"}), "another truth"),
        (broken({"group": "elsewhere"}), "another group"),
        (broken({"scores": [0.1, math.nan, 0.2]}), "finite numbers; these are not: c1"),
        (broken({"scores": [0.1, None, 0.2]}), "c1"),
        (broken({"scores": [0.1, 0.2]}), "2 scores for 3 classes"),
        (broken({"scores": {"c0": 1.0, "c9": 2.0}}), "no score for: c1, c2"),
        (broken({"scores": "c9"}), "c9 is not the truth"),
        (broken({"scores": None}), "neither a score"),
    ],
)
def test_what_cannot_be_paired_is_said(base: Rows, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        compare_predictions(base, OTHER)
    assert caught.value.where


def test_one_group_is_refused() -> None:
    one = [{**row, "group": "all"} for row in GOOD]
    with pytest.raises(DataError, match="one group"):
        compare_predictions(one, one)
