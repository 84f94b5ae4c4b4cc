"""Recordings as they sound over a telephone line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_wave

LOWEST, HIGHEST = 300.0, 3400.0  # the band of a telephone channel, in Hz


@dataclass(frozen=True)
class Line(Transform):
    """Keep the band of a telephone line, 300 to 3400 Hz, and add the hum of the mains, `hum` decibels below it.

    The phase of the hum is drawn for each child. Length and rate stay; what would clip is scaled down.

    When it hurts: a listener that never gets calls loses the high consonants for nothing.

    Example::

        - {name: called, op: telephone.line, from: spoken, with: {audio: speech, hum: 30}}
    """

    name: ClassVar[str] = "telephone.line"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    makes: ClassVar[str] = "children"

    audio: str = "audio"
    hum: float = 40.0

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        from scipy.signal import butter, sosfilt

        wave, rate = wave_of(sample, self.audio)
        band = butter(4, [LOWEST, min(HIGHEST, 0.49 * rate)], "bandpass", fs=rate, output="sos")
        heard = sosfilt(band, wave.astype(np.float64))
        time = np.arange(heard.size) / rate
        loudness = np.sqrt(np.mean(np.square(heard)) * 2.0) * 10.0 ** (-self.hum / 20.0)
        heard += loudness * np.sin(2.0 * np.pi * (50.0 * time + rng.uniform()))
        heard /= max(1.0, float(np.abs(heard).max()))
        part = Part("audio", encode_wave(heard.astype(np.float32), rate), lang=sample.parts[self.audio].lang)
        return sample.child(self.name, parts=inherited(sample, {self.audio: part}))
