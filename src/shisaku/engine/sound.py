"""How much sound an op made or read: what its seconds of work are to be compared with (the real-time factor)."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping, Sequence

from shisaku.core.op import Op
from shisaku.core.sample import Kind, Part, Sample


def sound_seconds(op: Op, given: Sequence[Sample] | None, made: Sequence[Sample]) -> float | None:
    """Return the seconds of sound that `op` wrote into `made`, or of an op that writes none, read from `given`.

    0 for an op without sound; None where it read sound and what it was given is not at hand.
    """
    written = _audio(op.writes_parts())
    if written:
        return _total(made, written)
    read = _audio(op.reads_parts())
    if not read:
        return 0.0
    return None if given is None else _total(given, read)


def _audio(parts: Mapping[str, Kind]) -> list[str]:
    return [name for name, kind in parts.items() if kind == "audio"]


def _total(samples: Sequence[Sample], names: Sequence[str]) -> float:
    return sum(_length(sample.parts[name]) for sample in samples for name in names if name in sample.parts)


def _length(part: Part) -> float:
    """Return what the header of a canonical WAV says, in seconds; 0 for anything else, of which the op complained."""
    try:
        with wave.open(io.BytesIO(part.data)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
