"""One invented run for all tests of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from chain_material import make_chain_run
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


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a finished run with a chain and five studies."""
    return make_chain_run(tmp_path_factory.mktemp("several") / "run", studies=5)


@pytest.fixture(scope="session")
def several_page(several: Run) -> str:
    """Return its page."""
    return write_report(several).read_text(encoding="utf-8")
