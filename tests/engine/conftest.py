from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "laws"))

import pure_ops

from shisaku.registry import doors


@pytest.fixture(autouse=True)
def pure_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the doors stand the pure ops."""
    monkeypatch.setattr(doors, "_found", pure_ops.found)
    pure_ops.CALLS.clear()
