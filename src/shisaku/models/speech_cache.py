"""Synthesised speech kept on disk: the same words in the same voice are made once."""

from __future__ import annotations

import hashlib
import logging
import struct
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.models.files import land
from shisaku.models.roles import Wave
from shisaku.store.codecs import FULL_SCALE
from shisaku.store.places import cache_dir

FORM = 1  # of the file and of how waves are made from symbols: a new number makes everything again
DIGEST_BYTES = 32
SHORTEST_SECONDS = 0.1
SOFTEST_PEAK = 0.01  # -40 dB of full scale; the softest voice peaks at 0.2

_log = logging.getLogger(__name__)


def kept_speech(
    weights: str, said: str, voice: str, speed: float, make: Callable[[], tuple[Wave, int]]
) -> tuple[Wave, int]:
    """Return the wave in 16-bit steps and its rate in Hz: from the cache, or made by `make` and put there.

    The key is what the wave depends on: the `weights` (a fingerprint), what is `said` (symbols or text), the voice and
    the speed. A damaged file is made again; a cache that cannot be written only costs time. Raises DataError if the
    voice gave silence (shorter than 0.1 s, or no sample above 0.01), which is never kept.
    """
    key = fingerprint("speech", FORM, weights, said, voice, speed)
    path = cache_dir() / "speech" / key[:2] / f"{key}.pcm"
    with suppress(OSError, ValueError):
        return _read(path.read_bytes())
    wave, rate = make()
    peak = float(np.abs(wave).max(initial=0.0))
    if len(wave) < SHORTEST_SECONDS * rate or not peak >= SOFTEST_PEAK:
        raise DataError(
            say("The voice gave silence ({seconds:.2f} s, peak {peak:.3f})", seconds=len(wave) / rate, peak=peak),
            where=voice,
            next=say("Take another voice, or leave this text out"),
        )
    data = _file(wave, rate)
    try:
        land(path, lambda stream: stream.write(data))
    except MachineError as error:
        _log.info("not stored: %s", error)
    return _read(data)


def _file(wave: Wave, rate: int) -> bytes:
    frames = np.clip(np.rint(wave.astype(np.float64) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype("<i2")
    body = struct.pack("<I", rate) + frames.tobytes()
    return hashlib.sha256(body).digest() + body


def _read(data: bytes) -> tuple[Wave, int]:
    digest, body = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise ValueError("damaged")
    (rate,) = struct.unpack_from("<I", body)
    return np.frombuffer(body, "<i2", offset=4).astype(np.float32) / np.float32(FULL_SCALE), rate
