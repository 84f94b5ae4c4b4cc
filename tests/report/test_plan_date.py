"""The page says when a plan was frozen: before its results were seen, or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_material import make_run

from shisaku.report.render import write_report
from shisaku.store.run import Run


def page(run: Run, planned: dict[str, Any]) -> str:
    run.write_json("run", {"planned": planned})
    return write_report(Run.open(run.path)).read_text("utf-8")


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("before", "Frozen in a file before this run, on 2026-01-02."),
        ("start", "Frozen by this run on 2026-01-02, before anything was trained."),
        ("after", "Frozen in a file on 2026-01-02, after its results had been seen."),
    ],
)
def test_the_page_says_when_the_plan_was_frozen(tmp_path: Path, when: str, said: str) -> None:
    run = make_run(tmp_path / "run")
    (study,) = run.read_json("studies")
    assert said in page(run, {study["name"]: {"when": when, "date": "2026-01-02", "hash": "h"}})


def test_no_date_is_no_promise(tmp_path: Path) -> None:
    found = page(make_run(tmp_path / "run"), {})
    assert "When it was frozen is not on record" in found
    assert "before anything was trained" not in found
