"""One thing that a sandbox is asked to decode."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Job:
    """One file to decode, or the bytes of one: `task` is a kind, or ``look`` and a kind (header only).

    ``video`` gives the frames and ``track`` the sound of a video. `span` (seconds) asks for that piece of a
    recording only.
    """

    task: str
    media: Path | bytes
    span: tuple[float, float] | None = None
