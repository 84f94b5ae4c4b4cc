"""Garbled speech against the judges of speech: sound cut out, noise, words left out, a poor voice in haste.

All prompts are garbled and compared with the same ones whole: as they were recorded, or read by a fair voice where
the garbled ones are read too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from planted.fault import Fault, Planted, Samples, each
from planted.faults_audio import decoded, native
from planted.prepared import through
from shisaku.core.sample import Sample

PIECE = 0.12  # seconds that are cut out at once
READ = "read_by"  # the fact that says which voice reads a prompt
Injector = Callable[[Sample, float, np.random.Generator], Sample]
HEARD = {"heard": "heard", "text": "text"}
JUDGES = {"audio.naturalness": {"audio": "audio"}, "audio.wer": HEARD, "audio.cer": HEARD}


@dataclass(frozen=True)
class Garbling:
    """A way to make recordings worse; `fair` makes what they are compared with."""

    name: str
    unit: str
    strengths: tuple[float, ...]
    make: Injector
    fair: Callable[[Sample], Sample] = lambda sample: sample


def _cut(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    wave, rate = native(sample)
    size = max(1, round(PIECE * rate))
    pieces = [wave[start : start + size] for start in range(0, len(wave), size)]
    gone = set(rng.choice(len(pieces), round(share * len(pieces)), replace=False).tolist())
    kept = [piece for k, piece in enumerate(pieces) if k not in gone]
    return decoded(sample, np.concatenate(kept or pieces[:1]), rate)


def _noisy(sample: Sample, db: float, rng: np.random.Generator) -> Sample:
    wave, rate = native(sample)
    power = float(np.sqrt(np.mean(wave**2)))
    return decoded(sample, 0.5 * (wave + rng.normal(size=len(wave)) * power * 10 ** (db / 20)), rate)


def _said(sample: Sample, words: Sequence[str], voice: str, speed: float = 1.0) -> Sample:
    wave, rate = _flite().speak(" ".join(words), voice, speed=speed)
    made = decoded(sample, np.asarray(wave, np.float64), rate)
    return replace(made, facts={**made.facts, READ: voice})


def _read(sample: Sample) -> Sample:
    return sample if READ in sample.facts else _said(sample, sample.parts["text"].text.split(), "rms")


def _dropped(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    words = sample.parts["text"].text.split()
    gone = set(rng.choice(len(words), max(1, round(share * len(words))), replace=False).tolist())
    return _said(sample, [word for k, word in enumerate(words) if k not in gone] or words[:1], "rms")


def _hasty(sample: Sample, speed: float, rng: np.random.Generator) -> Sample:
    return _said(sample, sample.parts["text"].text.split(), "kal", speed)


@cache
def _flite():  # type: ignore[no-untyped-def]
    from shisaku.models.loading import load

    return load("flite")


GARBLINGS = (
    Garbling("pieces cut out", "share of the sound", (0.05, 0.1, 0.2, 0.4, 0.6), _cut),
    Garbling("noise as loud as speech", "dB over the speech", (-20, -15, -10, -5, 0), _noisy),
    Garbling("words left out", "share of words", (0.1, 0.2, 0.3, 0.5, 0.7), _dropped, _read),
    Garbling("poor voice in haste", "times the speed", (1.0, 1.25, 1.5, 1.75, 2.0), _hasty),
)


def _garbled(make: Injector, samples: Samples, strength: float, seed: int) -> Planted:
    planted: Planted = each(make, 1.0)(samples, strength, seed)
    return planted


def _prepared(fair: Callable[[Sample], Sample], heard: bool, samples: Samples) -> Samples:
    whole = [fair(one) for one in samples]
    return through(whole, "audio.transcribe", "heard", audio="audio") if heard else whole


FAULTS = [
    Fault(
        way.name, judge, "asterisk-en-long", way.unit, way.strengths, partial(_garbled, way.make), params,
        partial(_prepared, way.fair, "heard" in params), 24,
    )
    for way in GARBLINGS
    for judge, params in JUDGES.items()
]  # fmt: skip
