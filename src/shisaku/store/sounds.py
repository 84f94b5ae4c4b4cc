"""A sound file to the canonical WAV. Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import encode_wave
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.media import as_file

BLOCK = 1 << 16


def look_at_sound(media: Path | bytes, limits: Limits) -> Decoded:
    """Return the facts in the header, nothing decoded. Raises MediaError."""
    with _opened(media, limits) as file:
        return Decoded(b"", _header_facts(file))


def read_sound(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode a recording to 16-bit PCM WAV: the mean of its channels, resampled to `limits.rate` Hz (soxr HQ).

    A recording louder than full scale is scaled down, and the fact `gain` says by how much. Raises MediaError.
    """
    import soxr

    with _opened(media, limits) as file:
        facts, rate = _header_facts(file), int(file.samplerate)
        wave = _mono(file, limits)
    if not wave.size:
        raise MediaError(say("The recording has no sound in it: its length is 0"))
    if not np.isfinite(wave).all():
        raise MediaError(say("The recording holds values that are not numbers (NaN or infinity)"))
    if rate != limits.rate:
        wave = soxr.resample(wave, rate, limits.rate)
    if not wave.size:
        raise MediaError(say("The recording has no sound in it: its length is 0"))
    peak = float(np.abs(wave).max())
    if peak > 1.0:
        wave = wave / np.float32(peak)
        facts["gain"] = f"{1.0 / peak:.4g}"
    return Decoded(encode_wave(wave, limits.rate), facts)


def _opened(media: Path | bytes, limits: Limits) -> Any:
    import soundfile

    try:
        file = soundfile.SoundFile(as_file(media))
    except (soundfile.LibsndfileError, TypeError) as error:
        raise MediaError(
            say("This is not a recording that can be read (WAV, FLAC, OGG, MP3): {cause}", cause=_cause(error))
        ) from None
    if file.frames > limits.audio_seconds * file.samplerate:
        seconds = file.frames / file.samplerate
        file.close()
        raise _too_long(seconds, limits)
    return file


def _cause(error: Exception) -> str:
    return str(getattr(error, "error_string", error))


def _too_long(seconds: float, limits: Limits) -> MediaError:
    return MediaError(
        say(
            "The recording is {seconds:.0f} s long; the limit is {limit:.0f} s",
            seconds=seconds,
            limit=limits.audio_seconds,
        )
    )


def _header_facts(file: Any) -> dict[str, str]:
    return {
        "rate": str(file.samplerate),
        "channels": str(file.channels),
        "seconds": f"{file.frames / file.samplerate:.3f}",
    }


def _mono(file: Any, limits: Limits) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Read block by block: what the header promises is not believed, and channels never pile up in memory."""
    parts, total = [np.zeros(0, np.float32)], 0
    while (block := file.read(BLOCK, dtype="float32", always_2d=True)).size:
        total += len(block)
        if total > limits.audio_seconds * file.samplerate:
            raise _too_long(total / file.samplerate, limits)
        parts.append(block.mean(axis=1, dtype=np.float32))
    return np.concatenate(parts)
