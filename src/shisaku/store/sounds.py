"""A sound file to the canonical WAV. Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.channels import Channels
from shisaku.store.codecs import encode_wave
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.marks import mark_facts
from shisaku.store.media import as_file
from shisaku.store.mp3s import read_mp3, says_length
from shisaku.store.wholeness import check_whole

BLOCK = 1 << 16
OVERSHOOT = 0.5  # seconds; as much as Kaldi's extract-segments allows


def look_at_sound(media: Path | bytes, limits: Limits) -> Decoded:
    """Return the facts in the header, nothing decoded. Raises MediaError."""
    with _opened(media) as file:
        _check_length(file.frames / file.samplerate, limits)
        return Decoded(b"", {**_header_facts(file), **mark_facts(media)})


def read_sound(media: Path | bytes, limits: Limits, span: tuple[float, float] | None = None) -> Decoded:
    """Decode a recording to 16-bit PCM WAV: the mean of its channels, resampled to `limits.rate` Hz (soxr HQ).

    With a `span` only the seconds [start, end) are decoded; an end up to `OVERSHOOT` after the recording's own is
    taken for that one. A recording louder than full scale is scaled down, and the fact `gain` says by how much.
    What mixing and resampling hide is told in facts (see `Channels`).
    Raises MediaError.
    """
    import soxr

    with _opened(media) as file:
        facts, rate = {**_header_facts(file), **mark_facts(media)}, int(file.samplerate)
        if file.format == "MP3" and not says_length(media):
            wave = read_mp3(media, rate, int(limits.audio_seconds * rate))
            facts["seconds"] = f"{wave.size / rate:.3f}"
            start, end = _bounds(span, wave.size, rate)
            wave = wave[start:end]
        else:
            wave, odd = _indexed(file, media, limits, span)
            facts |= odd
    _check_length(wave.size / rate, limits)
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


def _opened(media: Path | bytes) -> Any:
    import soundfile

    try:
        return soundfile.SoundFile(as_file(media))
    except (soundfile.LibsndfileError, TypeError) as error:
        raise MediaError(
            say("This is not a recording that can be read (WAV, FLAC, OGG, MP3): {cause}", cause=_cause(error))
        ) from None


def _indexed(
    file: Any, media: Path | bytes, limits: Limits, span: tuple[float, float] | None
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], dict[str, str]]:
    rate = int(file.samplerate)
    start, end = _bounds(span, file.frames, rate)
    most = int(limits.audio_seconds * rate) + 1
    if span is None:
        _check_length(file.frames / rate, limits)
        wave, odd = _mono(file, most)  # what the header promises is not believed
        check_whole(media, rate, file.frames, wave.size)
        return wave, odd
    file.seek(start)
    return _mono(file, min(end - start, most))


def _bounds(span: tuple[float, float] | None, frames: int, rate: int) -> tuple[int, int]:
    """Return the first frame of the span and the one after its last. Raises MediaError."""
    if span is None:
        return 0, frames
    start, end = (round(seconds * rate) for seconds in span)
    if not 0 <= start < min(end, frames) or end > frames + OVERSHOOT * rate:
        raise MediaError(
            say(
                "The span {start:g} to {end:g} s does not lie in the recording, which is {seconds:.3f} s long",
                start=span[0],
                end=span[1],
                seconds=frames / rate,
            )
        )
    return start, min(end, frames)


def _cause(error: Exception) -> str:
    return str(getattr(error, "error_string", error))


def _check_length(seconds: float, limits: Limits) -> None:
    if seconds > limits.audio_seconds:
        raise MediaError(
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


def _mono(file: Any, most: int) -> tuple[np.ndarray[Any, np.dtype[np.float32]], dict[str, str]]:
    """Read up to `most` frames block by block, so that channels never pile up in memory; with what is odd in them."""
    parts, total, channels = [np.zeros(0, np.float32)], 0, Channels()
    while total < most and (block := file.read(min(BLOCK, most - total), dtype="float32", always_2d=True)).size:
        total += len(block)
        parts.append(block.mean(axis=1, dtype=np.float32))
        channels.add(block, parts[-1])
    return np.concatenate(parts), channels.facts()
