"""The manual of planning a proof of concept says what the example says now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from shisaku.api.poc_plan import plan_poc

ROOT = Path(__file__).resolve().parents[2]


def test_the_plan_in_the_manual_is_that_of_the_example(tmp_path: Path) -> None:
    manual = " ".join((ROOT / "docs" / "poc.md").read_text("utf-8").split())
    form = ROOT / "examples" / "poc" / "inspection.yaml"
    plan = plan_poc(form, out=tmp_path / "plan.json", today=date(2026, 1, 5))
    for line in plan["lines"]:
        assert f"- {line['text']}" in manual
