"""A planted skew comes back with its size, its interval, and the way to undo it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from shisaku.core.finding import Finding
from shisaku.core.sample import Sample
from shisaku.errors import RecipeError
from shisaku.ops.dataset.imported_bias import ImportedBias
from shisaku.ops.dataset.rebalance import rebalanced
from shisaku.stats.share_shift import shift


def items(name: str, counts: dict[str, int], **facts: str) -> list[Sample]:
    values = [value for value, n in counts.items() for _ in range(n)]
    return [Sample(f"{name}{i:04}", {}, {"class": value}, facts=facts) for i, value in enumerate(values)]


def findings(op: ImportedBias, made: list[Sample], real: list[Sample]) -> dict[str, Finding]:
    return {one.name: one for one in op.findings(op.measure(made, real))}


def test_a_skew_is_told_with_its_size_before_and_after() -> None:
    found = findings(ImportedBias(), items("m", {"cat": 160, "dog": 40}), items("r", {"cat": 100, "dog": 100}))
    bias = found["imported_bias"]
    assert abs(abs(bias.value or 0.0) - 0.3) < 1e-9
    assert bias.weight == "bad"
    rows = {row["value"]: row for row in bias.table}
    assert (rows["cat"]["real"], rows["cat"]["made"], rows["cat"]["after"]) == (0.5, 0.8, 0.65)
    assert rows["cat"]["low"] < 0.3 < rows["cat"]["high"]
    assert found["shares_compared"].table


def test_equal_shares_raise_nothing() -> None:
    real = items("r", {"cat": 60, "dog": 40})
    assert set(findings(ImportedBias(), items("m", {"cat": 62, "dog": 38}), real)) == {"shares_compared"}


def test_three_ways_to_even_shares() -> None:
    op = ImportedBias(target="even")
    found = findings(op, items("m", {"cat": 90, "dog": 30}), items("r", {"cat": 60, "dog": 60}))["imported_bias"]
    rows = {row["value"]: row for row in found.table}
    assert [rows["cat"][way] for way in ("quota", "missing")] == [30, 0]
    assert [rows["dog"][way] for way in ("quota", "missing")] == [30, 60]
    assert "want: {label: class, n: 90, with_real: false}" in str(found.next)


def test_weights_bring_the_shares_to_those_wanted() -> None:
    made, real = items("m", {"cat": 90, "dog": 30}), items("r", {"cat": 40, "dog": 60})
    op = ImportedBias()
    scores = op.scores(op.measure(made, real))
    label = {one.id: one.labels["class"] for one in made}
    sums = Counter[str]()
    for one in scores:
        sums[label[one.sample]] += one.raw  # type: ignore[assignment]
    assert sums["cat"] / (sums["cat"] + sums["dog"]) == pytest.approx(0.4)
    assert np.mean([one.raw for one in scores]) == pytest.approx(1.0)
    assert {one.value for one in scores if label[one.sample] == "dog"} == {1.0}


def test_subgroups_are_joined_attributes() -> None:
    made = [*items("a", {"cat": 60, "dog": 10}, site="x"), *items("b", {"cat": 10, "dog": 60}, site="y")]
    real = [*items("c", {"cat": 35, "dog": 35}, site="x"), *items("d", {"cat": 35, "dog": 35}, site="y")]
    op = ImportedBias(attributes=("class", "site", "class x site"))
    found = findings(op, made, real)["imported_bias"]
    assert found.what.values["attribute"] == "class x site"
    alone = findings(ImportedBias(attributes=("class", "site")), made, real)
    assert "imported_bias" not in alone


def test_a_kind_that_vanished_and_one_that_is_new() -> None:
    cells = rebalanced({"cat": 10, "new": 5}, {"cat": 0.5, "gone": 0.5})
    assert cells["gone"].missing == 10
    assert cells["new"].weight == 0.0
    assert cells["cat"].quota == 10


def test_the_interval_covers_the_planted_shift() -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(300):
        made, real = rng.random(40) < 0.5, rng.random(60) < 0.3
        # Five children of every item: the same answer five times, and the interval must know.
        found = shift(made.repeat(5), real, np.arange(40).repeat(5), np.arange(60))
        held += found.low <= 0.2 <= found.high
    assert 0.92 <= held / 300 <= 0.99


def test_no_shift_is_seldom_called() -> None:
    rng, units = np.random.default_rng(1), np.arange(100)
    p = [shift(rng.random(100) < 0.1, rng.random(100) < 0.1, units, units).p for _ in range(500)]
    assert np.mean(np.array(p) < 0.05) <= 0.07


def test_p_and_interval_agree() -> None:
    rng, units = np.random.default_rng(2), np.arange(80)
    for _ in range(50):
        found = shift(rng.random(80) < 0.3, rng.random(80) < 0.5, units, units)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_too_few_and_no_reference() -> None:
    found = findings(ImportedBias(), items("m", {"cat": 3}), items("r", {"cat": 30}))
    assert found["shares_not_compared"].value is None
    with pytest.raises(RecipeError):
        ImportedBias().measure(items("m", {"cat": 3}))
