from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from shisaku.registry import doors

sys.path.insert(0, str(Path(__file__).parent))

OPS = {
    "toy.caption": "toys:Caption",
    "toy.mix": "toys:Mix",
    "toy.paint": "toys:Paint",
    "toy.embed": "toys:Embed",
    "toy.sharpness": "toys:Sharpness",
    "toy.copies": "toys:Copies",
}


@pytest.fixture(autouse=True)
def toy_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the doors stand the toys and nothing else."""
    behind = {
        doors.OPS: OPS,
        doors.READERS: {"toys": "toys:Reader"},
        doors.LEARNERS: {"guess": "toys:Guess"},
    }

    def found(group: str) -> dict[str, EntryPoint]:
        return {name: EntryPoint(name, value, group) for name, value in behind[group].items()}

    monkeypatch.setattr(doors, "_found", found)
