"""How much time, memory and material one media file may take before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding one file may take: `seconds` of wall and CPU time, `memory_mb` of address space.

    `pixels`, `audio_seconds` and `video_seconds` are read from the file's header before anything is decoded.
    An image or a frame is made smaller until its longest side is `max_side` pixels; audio becomes mono at
    `rate` Hz; of a video at most `fps` frames a second are kept. A point cloud has at most `points` points.
    """

    seconds: float = 20.0
    memory_mb: int = 1024
    file_mb: int = 256
    pixels: int = 50_000_000
    audio_seconds: float = 600.0
    max_side: int = 512
    rate: int = 16_000
    video_seconds: float = 120.0
    fps: float = 10.0
    points: int = 5_000_000
