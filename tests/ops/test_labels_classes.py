"""Missing, rare and unbalanced classes."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.core.finding import Finding
from shisaku.core.sample import Sample
from shisaku.ops.dataset.classes import Classes, effective_number


def made(**counts: int) -> list[Sample]:
    return [Sample(f"{name}{i:03d}", {}, {"class": name}) for name, n in counts.items() for i in range(n)]


def found(op: Classes, samples: list[Sample]) -> dict[str, Finding]:
    return {finding.name: finding for finding in op.findings(op.measure(samples))}


def test_unlabelled_samples_are_the_only_issues() -> None:
    op = Classes(label="class")
    bare = [Sample("x"), Sample("y", {}, {"class": "  "}), Sample("z", {}, {"other": "a"})]
    tie = Sample("tie", {}, {"class/anna": "a", "class/bert": "b"})
    most = Sample("most", {}, {"class/anna": "a", "class/bert": "a"})
    samples = [*made(a=30, b=3), *bare, tie, most]
    scores = op.scores(op.measure(samples))
    assert [score.sample for score in scores if score.issue] == ["tie", "x", "y", "z"]
    told = found(op, samples)["unlabelled"]
    assert (told.value, told.n, told.samples) == (pytest.approx(4 / 38), 38, ("tie", "x", "y", "z"))


def test_missing_odd_rare_and_near_empty_classes_are_said() -> None:
    told = found(Classes(classes=("a", "b", "gone")), made(a=200, b=12, c=2))
    assert told["missing_classes"].weight == "bad"
    assert "gone" in str(told["missing_classes"].what)
    assert told["undeclared_classes"].table == ({"class": "c", "samples": 2},)
    assert told["near_empty_classes"].table == ({"class": "c", "samples": 2},)
    assert told["rare_classes"].table == ({"class": "b", "samples": 12},)
    assert told["class_balance"].weight == "bad"


def test_balance_is_the_effective_number() -> None:
    told = found(Classes(), made(a=50, b=50, c=50))
    assert set(told) == {"class_balance"}
    assert told["class_balance"].weight == "note"
    assert told["class_balance"].value == pytest.approx(3.0)
    assert effective_number([99, 1])[0] == pytest.approx(np.exp(-(0.99 * np.log(0.99) + 0.01 * np.log(0.01))))


def test_one_class_no_class_and_a_label_that_names_none() -> None:
    assert "one_class" in found(Classes(), made(a=30))
    assert found(Classes(), []) == {}
    assert set(found(Classes(), [Sample("a"), Sample("b")])) == {"unlabelled"}
    values = [Sample(f"s{i}", {}, {"price": str(i)}) for i in range(80)]
    assert set(found(Classes(), values)) == {"no_classes"}


def test_the_interval_covers_the_effective_number_of_the_source() -> None:
    shares = np.array([0.6, 0.3, 0.1])
    truth = float(np.exp(-(shares * np.log(shares)).sum()))
    draws = np.random.default_rng(0).multinomial(400, shares, size=300)
    inside = [low <= truth <= high for _, low, high in (effective_number(row.tolist()) for row in draws)]
    assert 0.91 <= np.mean(inside) <= 0.99
