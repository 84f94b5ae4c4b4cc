"""What each op that makes recordings costs, and how fast the embedded models speak and listen on all cores.

First, milliseconds per clip of 2 s at 16 kHz (median and slowest of the clips, one thread, decoding and encoding
included) and the real-time factor: seconds of work per second of sound. Then, real-time factors of the speakers and the
listeners: one recording at a time on one thread, one at a time on a thread per core, and one worker per core with
one thread each. Speech is made anew, not taken from the cache.

    python benchmarks/audio_ops.py [number of clips]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.models.loading import load
from shisaku.registry.doors import OPS, names, op_class
from shisaku.store.codecs import encode_wave

RATE, SECONDS = 16_000, 2.0
SHELF = "audio."
SOUND = {"audio": "audio"}
SENTENCES = (
    "The frog sits next to a house.",
    "Two birds are in a tall tree.",
    "A red apple lies on a white plate.",
    "The old dog sleeps by the open door.",
)


def clip(seed: int) -> Sample:
    """A buzz in syllables with faint noise: voiced, with pauses."""
    rng = np.random.default_rng(seed)
    time_axis = np.arange(round(SECONDS * RATE)) / RATE
    pitch = rng.uniform(90.0, 220.0)
    buzz = sum(np.sin(2 * np.pi * pitch * k * time_axis) / k for k in range(1, 12))
    wave = 0.15 * buzz * np.abs(np.sin(np.pi * time_axis / 0.4)) * (np.abs(time_axis - 1.0) > 0.15)
    wave += 0.001 * rng.standard_normal(wave.size)
    return Sample(f"c{seed}", {"audio": Part("audio", encode_wave(np.clip(wave, -1.0, 1.0), RATE))})


def cost(op: Transform, clips: Sequence[Sample], pool: Sequence[Sample] | None) -> tuple[list[float], int]:
    """Milliseconds of each clip, after one that is not counted, and how many failed."""
    took, failed = [], 0
    for place, sample in enumerate([clips[0], *clips]):
        began = time.perf_counter()
        (outcome,) = op.apply([sample], [rng_for(0, "bench", f"{sample.id}/{place}")], pool)
        took.append(1000.0 * (time.perf_counter() - began))
        failed += isinstance(outcome, Failure)
    return took[1:], failed


def table(n: int) -> None:
    """Print a line per op."""
    clips, pool = [clip(i) for i in range(n)], [clip(1000 + i) for i in range(4)]
    print(f"{'op':24} {'ms, median':>11} {'slowest':>9} {'RTF':>8}   ({n} clips of {SECONDS:g} s at {RATE} Hz)")
    for name in names(OPS):
        found = op_class(name)
        sound_to_sound = found.reads == SOUND and found.writes == SOUND and not found.models
        if not name.startswith(SHELF) or not issubclass(found, Transform) or not sound_to_sound:
            continue
        took, failed = cost(found(audio="audio"), clips, pool if found.pools else None)
        middle = statistics.median(took)
        rest = f"   {failed} failed" if failed else ""
        print(f"{name:24} {middle:11.1f} {max(took):9.1f} {middle / 1000.0 / SECONDS:8.4f}{rest}")


def factor(work: Sequence[Callable[[], float]], workers: int) -> float:
    """Seconds on the clock per second of sound, with so many workers; each piece of work returns its seconds."""
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as threads:
        sound = sum(threads.map(lambda piece: piece(), work))
    return (time.perf_counter() - began) / sound


def says(model: str, voice: str, text: str, threads: int) -> Callable[[], float]:
    """Work that speaks a text."""

    def work() -> float:
        wave, rate = load(model, threads=threads).speak(text, voice)  # type: ignore[call-overload]
        return float(wave.size / rate)

    return work


def hears(model: str, wave: np.ndarray, rate: int, threads: int) -> Callable[[], float]:
    """Work that listens to a recording."""

    def work() -> float:
        load(model, threads=threads).listen(wave, rate)  # type: ignore[call-overload]
        return wave.size / rate

    return work


def models() -> None:
    """Print a line per model."""
    cores = os.cpu_count() or 1
    ways = ((1, 1), (1, cores), (cores, 1))
    heads = "".join(f"{f'{workers} x {threads}':>10}" for workers, threads in ways)
    print(f"\n{'real-time factor, workers x threads':36}{heads}")
    spoken = [load("flite", threads=1).speak(text, "slt") for text in SENTENCES]
    work: dict[str, Callable[[int], list[Callable[[], float]]]] = {
        "speak: flite slt": lambda n: [says("flite", "slt", text, n) for text in SENTENCES * 4],
        "speak: kokoro jm_kumo": lambda n: [says("kokoro-82m", "jm_kumo", text, n) for text in SENTENCES],
        "listen: whisper-tiny-en": lambda n: [hears("whisper-tiny-en", *one, n) for one in spoken * 2],
        "listen: whisper-base": lambda n: [hears("whisper-base", *one, n) for one in spoken],
    }
    for name, pieces in work.items():
        factors = []
        for workers, threads in ways:
            todo = pieces(threads)
            todo[0]()
            factors.append(factor(todo, workers))
        print(f"{name:36}" + "".join(f"{one:10.3f}" for one in factors))


if __name__ == "__main__":
    table(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    # Speech is made anew: what keeps it on disk is put aside.
    with ExitStack() as stack:
        for module in ("flite", "kokoro"):
            stack.enter_context(patch(f"shisaku.models.{module}.kept_speech", lambda *key: key[-1]()))
        models()
