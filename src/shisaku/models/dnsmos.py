"""DNSMOS on onnxruntime: how people would rate a recording of speech."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.graph import open_graph
from shisaku.models.mel import FLOOR, HOP, RATE, mel_power
from shisaku.models.resample import resampled
from shisaku.models.roles import Naturalness, Vectors, Wave
from shisaku.models.weights import find_weights

NAME = "dnsmos"
WINDOW = 144_160  # samples at 16 kHz, 9.01 s
N_FFT = 321
BANDS = 120
# the published script's fit of raw outputs to ratings: square, linear, constant; signal, background, overall
FITS = (
    (-0.08397278, 1.22083953, 0.0052439),
    (-0.13166888, 1.60915514, -0.39604546),
    (-0.06766283, 1.11546468, 0.04602535),
)


class Dnsmos:
    """SpeechJudge: P.835 signal, background and overall quality, and P.808 overall quality, 1 to 5.

    Reddy et al. 2021 (P.808) and 2022 (P.835), not the personalised variant. Trained on ratings of noisy and
    denoised human speech in English: it hears noise, clipping and artefacts, not whether a synthetic voice sounds
    human or says the right words. Compare with real recordings of the same source, not with a number.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self._p835: Any = open_graph(weights.read("p835.onnx"), NAME, threads)
        self._p808: Any = open_graph(weights.read("p808.onnx"), NAME, threads)

    def judge(self, wave: Wave, rate: int) -> Naturalness:
        """Return the scores, averaged over windows of 9.01 s that start one second apart.

        A shorter recording is doubled until it is long enough, as in the published script, so a click at its seam
        counts. The script loses windows 8 to 24 of long recordings to a rounding error; here all count. Raises
        DataError for a recording without a sample.
        """
        speech = resampled(wave, rate)
        if len(speech) == 0:
            raise DataError(
                say("An empty recording has no quality"), where=NAME, next=say("Leave empty recordings out")
            )
        scores = np.mean([self._window(window) for window in windows(speech)], axis=0)
        signal, background, overall, p808 = (float(score) for score in scores)
        return Naturalness(signal, background, overall, p808)

    def _window(self, window: Wave) -> list[float]:
        raw = self._p835.run(None, {"input_1": window[None]})[0][0]
        p808 = self._p808.run(None, {"input_1": p808_mel(window[:-HOP])[None]})[0][0, 0]
        return [*(float(np.polyval(fit, x)) for fit, x in zip(FITS, raw, strict=True)), float(p808)]


def windows(wave: Wave) -> list[Wave]:
    """Return the pieces [144160] of a 16 kHz wave, not empty, that are judged: one per second, at least one."""
    while len(wave) < WINDOW:
        wave = np.concatenate([wave, wave])
    count = int(len(wave) // RATE - WINDOW / RATE) + 1
    return [wave[start : start + WINDOW] for start in range(0, count * RATE, RATE)]


def p808_mel(wave: Wave) -> Vectors:
    """Return [900, 120], the input of the P.808 model for 144 000 samples at 16 kHz.

    Power in 120 Slaney mel bands, windows of 321 samples centred on every 10 ms with silence beyond the edges,
    in decibels below the loudest (80 at most), then (x + 40) / 40.
    """
    power = mel_power(np.pad(wave, N_FFT // 2), BANDS, N_FFT)
    decibels = 10.0 * np.log10(np.maximum(power, FLOOR))
    decibels = np.maximum(decibels - decibels.max(), -80.0)
    return np.ascontiguousarray(((decibels + 40.0) / 40.0).T, dtype=np.float32)
