"""One invented run for all tests of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_material import make_run

from shisaku.report.render import write_report
from shisaku.store.run import Run


@pytest.fixture(scope="session")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a finished run with a study."""
    return make_run(tmp_path_factory.mktemp("studied") / "run")


@pytest.fixture(scope="session")
def page(studied: Run) -> str:
    """Return its page."""
    return write_report(studied).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def unlabelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run without labels, so without a study."""
    return write_report(make_run(tmp_path_factory.mktemp("unlabelled") / "run", studied=False))
