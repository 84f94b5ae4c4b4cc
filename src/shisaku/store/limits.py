"""How much time, memory and material one media file may take before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding one file may take: `seconds` of wall and CPU time, `memory_mb` of address space.

    `pixels` and `audio_seconds` are read from the file's header before anything is decoded. An image is
    made smaller until its longest side is `max_side` pixels; audio becomes mono at `rate` Hz.
    """

    seconds: float = 20.0
    memory_mb: int = 1024
    file_mb: int = 256
    pixels: int = 50_000_000
    audio_seconds: float = 600.0
    max_side: int = 512
    rate: int = 16_000
