from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_own_models(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("SHISAKU_MODEL_") or name == "SHISAKU_THREADS":
            monkeypatch.delenv(name)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"
