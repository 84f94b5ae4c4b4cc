"""What a study requires of its data: each requirement alone can block, and nothing measured shows nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.study_spec import Requirement, StudySpec
from shisaku.lab.required import unmet


@dataclass
class FakeRun:
    rows: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        return self.rows

    def read_json(self, name: str) -> Any:
        return self.findings


def spec(*requires: Requirement, illustrative: bool = True) -> StudySpec:
    domain = Domain("own", "resplit")
    return StudySpec(
        "s", "class", "data", Feature("image.embed"), (domain,), "own", (), kpi=Kpi(illustrative=illustrative),
        requires=requires,
    )  # fmt: skip


def scored(issues: int, n: int) -> list[dict[str, Any]]:
    return [{"step": "labels", "issue": i < issues} for i in range(n)]


def found(value: float | None, low: float | None, high: float | None) -> list[dict[str, Any]]:
    return [{"step": "vendi", "value": value, "low": low, "high": high}]


def test_nothing_required_nothing_unmet() -> None:
    assert unmet(spec(), FakeRun()) == []


@pytest.mark.parametrize(("issues", "n", "blocks"), [(0, 100, False), (0, 20, True), (5, 100, True), (1, 1000, False)])
def test_label_quality_is_judged_by_the_upper_end(issues: int, n: int, blocks: bool) -> None:
    rule = Requirement("labels", issues=0.05)
    assert bool(unmet(spec(rule), FakeRun(scored(issues, n)))) is blocks


@pytest.mark.parametrize(
    ("rule", "figures", "blocks"),
    [
        (Requirement("vendi", least=10), (12.0, 11.0, 13.0), False),
        (Requirement("vendi", least=10), (12.0, 9.0, 15.0), True),
        (Requirement("vendi", most=0.6), (0.5, 0.4, 0.59), False),
        (Requirement("vendi", most=0.6), (0.5, 0.4, 0.7), True),
        (Requirement("vendi", least=10), (12.0, None, None), True),
        (Requirement("other", least=10), (12.0, 11.0, 13.0), True),
    ],
)
def test_diversity_is_judged_by_the_whole_interval(
    rule: Requirement, figures: tuple[float, float | None, float | None], blocks: bool
) -> None:
    assert bool(unmet(spec(rule), FakeRun(findings=found(*figures)))) is blocks


def test_costs_must_be_the_users_own() -> None:
    rule = Requirement(kpi=True)
    assert unmet(spec(rule), FakeRun())
    assert not unmet(spec(rule, illustrative=False), FakeRun())


def test_what_was_not_measured_is_not_shown() -> None:
    assert "measured no sample" in str(unmet(spec(Requirement("labels", issues=0.5)), FakeRun())[0])


def test_every_requirement_is_said() -> None:
    rules = (Requirement("labels", issues=0.05), Requirement("vendi", least=10), Requirement(kpi=True))
    assert len(unmet(spec(*rules), FakeRun(scored(50, 100), found(1.0, 0.5, 1.5)))) == 3
