"""Faults of transcripts: swapped, cut, padded; whoever listens hears every recording once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from planted.fault import Fault, Planted, Samples, drawn
from planted.faults_audio import in_speech, speech
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.models.whisper import Whisper

N_HEARD = 60  # recordings that a recogniser has to hear, at 1 to 2 s each


def remembering(listen: Callable[..., Any]) -> Callable[..., Any]:
    """Hear a recording once: the strengths change the text beside it, not the sound."""
    known: dict[tuple[str, int, str], Any] = {}

    def heard(self: Whisper, wave: Any, rate: int, *, language: str = "en") -> Any:
        key = hashlib.sha256(np.ascontiguousarray(wave).tobytes()).hexdigest(), rate, language
        if key not in known:
            known[key] = listen(self, wave, rate, language=language)
        return known[key]

    return heard


Whisper.listen = remembering(Whisper.listen)  # type: ignore[method-assign]


def _written(sample: Sample, text: str) -> Sample:
    return sample.with_part("text", Part.from_text(text, sample.parts["text"].lang))


def _swapped(samples: Samples, share: float, seed: int) -> Planted:
    spoken = speech(samples)
    faulty = drawn(spoken, max(share, 2 / len(spoken)), seed)
    order = sorted(faulty, key=lambda name: rng_for(seed, "swap", name).random())
    texts = {one.id: one.parts["text"].text for one in spoken}
    moved = dict(zip(order, [texts[name] for name in order[1:] + order[:1]], strict=True))
    wrong = frozenset(name for name in moved if moved[name] != texts[name])
    return Planted([_written(one, moved.get(one.id, texts[one.id])) for one in spoken], wrong)


def _shortened(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    words = sample.parts["text"].text.split()
    return _written(sample, " ".join(words[: max(1, round(len(words) * (1 - share)))]))


def _padded(pool: Sequence[str], sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    words = sample.parts["text"].text.split()
    more = [str(rng.choice(pool)) for _ in range(max(1, round(len(words) * share)))]
    return _written(sample, " ".join([*words, *more]))


def _padding(samples: Samples, share: float, seed: int) -> Planted:
    pool = sorted({word for one in samples for word in one.parts["text"].text.split()})
    return in_speech(partial(_padded, pool))(samples, share, seed)


PARTS = {"text": "text"}
SWAPS = (0.02, 0.05, 0.1, 0.2, 0.4)
CUT = (0.2, 0.4, 0.5, 0.6, 0.8)
MORE = (0.5, 1.0, 2.0, 3.0, 5.0)


def _long(samples: Samples) -> Samples:
    """Keep what has five words or more: of one word nothing can be taken."""
    return [one for one in speech(samples) if len(one.parts["text"].text.split()) >= 5]


def _of_long(plant: Callable[..., Planted]) -> Callable[..., Planted]:
    return lambda samples, strength, seed: plant(_long(samples), strength, seed)


FAULTS = [
    *(
        Fault(f"{name} {source[-2:]}", "speech_rate", source, unit, strengths, _of_long(plant), PARTS, speech)
        for source in ("asterisk-en", "asterisk-it")
        for name, unit, strengths, plant in (
            ("swapped text", "share of all", SWAPS, _swapped),
            ("words missing", "share of words", CUT, in_speech(_shortened)),
            ("words too many", "times the words", MORE, _padding),
        )
    ),
    *(
        Fault(f"{name} {source[-2:]}, heard", "transcript", source, unit, strengths, plant, PARTS, speech, N_HEARD)
        for source in ("asterisk-en", "asterisk-it")
        for name, unit, strengths, plant in (
            ("swapped text", "share of all", SWAPS, _swapped),
            ("words missing", "share of words", CUT, _of_long(in_speech(_shortened))),
            ("words too many", "times the words", MORE, _of_long(_padding)),
        )
    ),
]
