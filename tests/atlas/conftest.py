"""Every test has an atlas of its own beside the built-in one."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user's own entries in a folder of the test."""
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "state"))
    return tmp_path / "state"
