"""Silero VAD on onnxruntime: where in a recording somebody speaks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.models.graph import open_graph
from shisaku.models.mel import RATE
from shisaku.models.resample import resampled
from shisaku.models.roles import Vectors, Wave
from shisaku.models.weights import find_weights

NAME = "silero-vad"
CHUNK = 512  # samples per step at 16 kHz, 32 ms
CONTEXT = 64  # samples of the chunk before, put in front
STATE = (2, 1, 128)
SPEECH = 0.5
SILENCE = 0.35  # once speaking, it takes less than this to stop
LEAST_SPEECH = 0.1  # seconds
LEAST_SILENCE = 0.1
PAD = 0.03

Stretch = tuple[float, float]


class SileroVad:
    """VoiceDetector: any language. The same wave gives the same stretches; calls share no state.

    It hears voiced sound: a shout, singing or a parrot may count as speech. Settings are the ones of its authors
    (threshold 0.5, leaving at 0.35, padding 30 ms), but stretches down to 0.1 s count, for recordings of one word.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self._session: Any = open_graph(weights.read("vad.onnx"), NAME, threads)

    def speech(self, wave: Wave, rate: int) -> tuple[Stretch, ...]:
        """Return the stretches of speech as (start, end) in seconds, in order, without overlap."""
        return stretches(self.probabilities(wave, rate), len(wave) / rate)

    def probabilities(self, wave: Wave, rate: int) -> Vectors:
        """Return the probability of speech in each 32 ms of the wave; the last is padded with silence."""
        speech = resampled(wave, rate)
        steps = -(-len(speech) // CHUNK)
        padded = np.pad(speech, (CONTEXT, steps * CHUNK - len(speech)))
        state = np.zeros(STATE, np.float32)
        out = np.empty(steps, np.float32)
        for step in range(steps):
            chunk = padded[None, step * CHUNK : (step + 1) * CHUNK + CONTEXT]
            feeds = {"input": chunk, "state": state, "sr": np.array(RATE, np.int64)}
            found, state = self._session.run(["output", "stateN"], feeds)
            out[step] = found[0, 0]
        return out


def stretches(probabilities: Vectors, seconds: float) -> tuple[Stretch, ...]:
    """Return the stretches of speech in a recording of `seconds` from the probability in each 32 ms.

    A stretch starts where the probability reaches 0.5 and ends where it falls below 0.35 for 0.1 s. Those under
    0.1 s are dropped, the rest widened by 30 ms on both sides; where two would then overlap they meet half-way.
    """
    width = CHUNK / RATE
    found = [
        (start * width, min(end * width, seconds))
        for start, end in _spoken(probabilities, LEAST_SILENCE / width)
        if (end - start) * width >= LEAST_SPEECH
    ]
    if not found:
        return ()
    halves = [(after[0] - before[1]) / 2 for before, after in pairwise(found)]
    pads = [PAD, *(min(PAD, half) for half in halves), PAD]
    return tuple(
        (max(0.0, start - left), min(seconds, end + right))
        for (start, end), left, right in zip(found, pads[:-1], pads[1:], strict=True)
    )


def _spoken(probabilities: Vectors, least_silence: float) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = silent = None
    for step, probability in enumerate(probabilities):
        if probability >= SPEECH:
            start = step if start is None else start
            silent = None
        elif start is not None and probability < SILENCE:
            silent = step if silent is None else silent
            if step - silent >= least_silence:
                found.append((start, silent))
                start = silent = None
    if start is not None:
        found.append((start, len(probabilities) if silent is None else silent))
    return found
