"""Variety at equal n, regions of the features, and a declared domain with its gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.finding import Finding
from shisaku.core.sample import Sample
from shisaku.errors import RecipeError
from shisaku.ops.dataset.attribute_coverage import AttributeCoverage
from shisaku.ops.dataset.diversity import Diversity
from shisaku.ops.dataset.domain import wanted
from shisaku.registry.make import make_op


def rows(kinds: dict[str, int], n: int = 40, width: int = 30) -> list[Sample]:
    """Samples of classes that consist of so many different directions each."""
    made = []
    for label, k in kinds.items():
        centres = np.random.default_rng(len(label) + k).normal(size=(k, width))
        for i in range(n):
            made.append(Sample(f"{label}{i:03}", {"features": vector_part(centres[i % k])}, {"class": label}))
    return made


def named(findings: list[Finding], name: str) -> list[Finding]:
    return [one for one in findings if one.name == name]


def test_variety_counts_the_kinds() -> None:
    eye = [Sample(f"s{i:02}", {"features": vector_part(np.eye(30)[i % 10])}) for i in range(40)]
    op = Diversity(at=40)
    (found,) = named(op.findings(op.measure(eye)), "variety")
    assert found.value == pytest.approx(10 / 40)


def test_a_class_of_few_kinds_is_found_and_the_others_not() -> None:
    op = Diversity()
    found = named(op.findings(op.measure(rows({"a": 20, "b": 22, "c": 2}))), "class_varies_little")
    assert [one.what.values["label"] for one in found] == ["c"]
    assert found[0].weight == "bad"
    assert named(op.findings(op.measure(rows({"a": 20, "b": 22, "c": 21}))), "class_varies_little") == []


def test_regions_are_covered_or_nearly_empty() -> None:
    lonely = Sample("lonely", {"features": vector_part(-np.arange(1.0, 31.0))}, {"class": "a"})
    op = Diversity(clusters=4)
    state = op.measure([*rows({"a": 3}, n=60), lonely])
    (found,) = named(op.findings(state), "coverage")
    assert found.samples == ("lonely",)
    assert found.value == pytest.approx(3 / 4)
    values = {score.sample: score.value for score in op.scores(state)}
    assert values["lonely"] < min(value for name, value in values.items() if name != "lonely")


def test_a_vector_of_zeros_is_not_measured() -> None:
    assert Diversity().measure([Sample("z", {"features": vector_part(np.zeros(4))})]) == {}


def facts(**values: str) -> Sample:
    return Sample("-".join(values.values()), {}, {}, facts=values)


def lit(day: int, night: int, sites: str = "AB") -> list[Sample]:
    made = []
    for i in range(day + night):
        light = "day" if i < day else "Night"
        made.append(Sample(f"s{i:03}", {}, {}, facts={"lighting": light, "site": sites[i % len(sites)]}))
    return made


DOMAIN = {"lighting": ("day", "night"), "site": ("A", "B")}


def test_a_gap_says_how_many_are_missing() -> None:
    op = AttributeCoverage(domain=DOMAIN, at_least=10)
    found = named(op.findings(op.measure(lit(20, 4))), "domain_gap")
    assert [(one.what.values["cell"], one.what.values["lacking"], one.weight) for one in found] == [
        ("night", 6, "warn")
    ]
    empty = named(op.findings(op.measure(lit(20, 0))), "domain_gap")
    assert [one.weight for one in empty] == ["bad"]


def test_pairs_that_are_never_met_are_found() -> None:
    samples = [one for one in lit(20, 20) if (one.facts["lighting"], one.facts["site"]) != ("Night", "A")]
    op = AttributeCoverage(domain=DOMAIN, at_least=5, pairs_at_least=2)
    findings = op.findings(op.measure(samples))
    (found,) = named(findings, "domain_pair_gap")
    assert found.value == pytest.approx(3 / 4)
    assert found.what.values["lacking"] == 2
    assert found.table[0] == {"lighting": "night", "site": "A", "n": 0, "lacking": 2}


def test_a_range_is_cut_and_what_lies_outside_is_told() -> None:
    (one,) = wanted({"duration": (0.5, 10)}, 4)
    assert [one.cell_of(value) for value in ("0.5", "10", "2.875", "0.4", "11", "", "x", "nan")] == [
        "0.5 to 2.875", "7.625 to 10", "2.875 to 5.25", "(not declared)", "(not declared)", "(absent)",
        "(not declared)", "(not declared)",
    ]  # fmt: skip
    samples = [Sample(f"s{i:02}", facts={"duration": str(i / 2)}) for i in range(30)]
    op = AttributeCoverage(domain={"duration": (0.5, 10)}, at_least=3)
    findings = op.findings(op.measure(samples))
    (outside,) = named(findings, "outside_domain")
    assert outside.value == 10
    assert named(findings, "domain_gap") == []
    values = {score.sample: score.value for score in op.scores(op.measure(samples))}
    assert (values["s00"], values["s05"]) == (0.0, 1.0)


def test_without_a_declaration_it_shows_what_is_there() -> None:
    op = AttributeCoverage()
    (found,) = op.findings(op.measure(lit(6, 4)))
    assert found.name == "domain_not_declared"
    assert {"attribute": "lighting", "value": "day", "n": 6} in found.table
    assert {score.value for score in op.scores(op.measure(lit(6, 4)))} == {1.0}


def test_a_declaration_comes_through_a_profile() -> None:
    op = make_op("dataset.attribute_coverage", {"domain": {"lighting": ["day", "night"], "seconds": [0.5, 10]}})
    assert isinstance(op, AttributeCoverage)
    assert op.domain == {"lighting": ("day", "night"), "seconds": (0.5, 10.0)}
    assert hash(op) == hash(replace(op))
    with pytest.raises(RecipeError):
        make_op("dataset.attribute_coverage", {"domain": {"lighting": []}})
