"""A video part taken apart and put together: frames that stay are copied as they are, none is packed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.reading import part_of
from shisaku.store.codecs import FrameWriter, decode_frames, frame_files

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


def files_of(sample: Sample, name: str) -> list[tuple[float, bytes]]:
    """Return (seconds, JPEG) of every frame. Raises DataError where there is none, or the part is no video."""
    files = list(frame_files(part_of(sample, name, "video")))
    if not files:
        raise DataError(say("Video {part} has no frames", part=name), where=sample.id)
    return files


def frames_changed(sample: Sample, name: str, change: Callable[[float, Pixels], Pixels]) -> Part:
    """Return the video with every frame changed, the times as they were. Raises DataError.

    `change` is given how far into the video the frame is (0 the first, 1 the last) and its pixels.
    """
    times = [seconds for seconds, _ in files_of(sample, name)]
    whole = times[-1] - times[0]
    writer = FrameWriter()
    for seconds, frame in decode_frames(sample.parts[name]):
        writer.add(seconds, change((seconds - times[0]) / whole if whole > 0 else 0.0, frame))
    return replace(sample.parts[name], data=writer.to_bytes())


def put_together(part: Part, files: Iterable[tuple[float, bytes]]) -> Part:
    """Return the video part with these frames and times in place of its own."""
    writer = FrameWriter()
    for seconds, data in files:
        writer.add_jpeg(seconds, data)
    return replace(part, data=writer.to_bytes())


def usual_gap(times: Sequence[float]) -> float:
    """Return the usual time between two frames, 0 for one frame."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def told(sample: Sample, name: str, times: Sequence[float], seconds: float) -> dict[str, str]:
    """Return what the record said of the video's times (the facts of ingestion), as it is with these times.

    Only what was said is said anew: other ops compare it with the frames.
    """
    gaps, whole = np.diff(times), times[-1] - times[0]
    found = {
        "frames": str(len(times)),
        "decoded_frames": str(len(times)),
        "fps": f"{len(gaps) / whole if whole > 0 else 0.0:g}",
        "seconds": f"{seconds:.3f}",
        "first_frame": f"{times[0]:.3f}",
        "last_frame": f"{times[-1]:.3f}",
        "longest_gap": f"{gaps.max() if gaps.size else 0.0:.3f}",
        "backwards": str(int((gaps <= 0).sum())),
    }
    return {f"{name}_{key}": value for key, value in found.items() if f"{name}_{key}" in sample.facts}
