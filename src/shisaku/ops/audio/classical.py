"""Classical augmentation of recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_wave

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Classical(Transform):
    """Change speed, loudness and start of a recording and add noise: the baseline for every made voice.

    One random draw per child: played `speed_min` to `speed_max` times as fast (pitch moves along), shifted
    by up to `shift` seconds either way (what leaves is lost, silence comes in), made louder or softer by up
    to `gain` decibels, and white noise added at `snr_min` to `snr_max` decibels below the recording. What
    would clip is scaled down. The rate stays.

    When it hurts: strong noise teaches the noise; on features of a large pretrained listener it mostly
    neither helps nor harms. Do not change speed where tempo or pitch is the label.

    Example::

        - {name: noisy, op: audio.classical, from: spoken, rounds: 2, with: {audio: speech, snr_min: 10}}
    """

    name: ClassVar[str] = "audio.classical"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    makes: ClassVar[str] = "children"

    audio: str = "audio"
    speed_min: float = 0.9
    speed_max: float = 1.1
    shift: float = 0.1
    gain: float = 6.0
    snr_min: float = 10.0
    snr_max: float = 30.0

    def __post_init__(self) -> None:
        part_names(audio=self.audio)
        within("speed_min", self.speed_min, 0.25, 4.0)
        within("speed_max", self.speed_max, 0.25, 4.0)
        ordered("speed_min", self.speed_min, "speed_max", self.speed_max)
        within("shift", self.shift, 0.0, 10.0)
        within("gain", self.gain, 0.0, 40.0)
        within("snr_min", self.snr_min, -20.0, 120.0)
        within("snr_max", self.snr_max, -20.0, 120.0)
        ordered("snr_min", self.snr_min, "snr_max", self.snr_max)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one changed child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        speed = float(rng.uniform(self.speed_min, self.speed_max))
        offset = round(float(rng.uniform(-self.shift, self.shift)) * rate)
        gain = float(rng.uniform(-self.gain, self.gain))
        snr = float(rng.uniform(self.snr_min, self.snr_max))
        wave = shifted(faster(wave, rate, speed), offset) * np.float32(10.0 ** (gain / 20.0))
        wave = with_noise(wave, snr, rng)
        peak = float(np.abs(wave).max())
        if peak > 1.0:
            wave = wave / np.float32(peak)
        part = Part("audio", encode_wave(wave, rate), lang=sample.parts[self.audio].lang)
        return sample.child(self.name, parts=inherited(sample, {self.audio: part}))


def faster(wave: Wave, rate: int, speed: float) -> Wave:
    """Play `speed` times as fast at the same rate, by resampling; float32 [samples]."""
    import soxr

    made = np.asarray(soxr.resample(wave, rate * speed, rate, quality="HQ"), dtype=np.float32)
    return made if made.size else wave


def shifted(wave: Wave, offset: int) -> Wave:
    """Move by `offset` samples (later if positive), the length stays; never by more than half of it."""
    offset = max(-(wave.size // 2), min(wave.size // 2, offset))
    made = np.zeros_like(wave)
    if offset >= 0:
        made[offset:] = wave[: wave.size - offset]
    else:
        made[:offset] = wave[-offset:]
    return made


def with_noise(wave: Wave, snr: float, rng: np.random.Generator) -> Wave:
    """Add white noise whose power is `snr` decibels below that of the wave; silence stays silent."""
    power = float(np.mean(np.square(wave, dtype=np.float64)))
    scale = np.sqrt(power * 10.0 ** (-snr / 10.0))
    return np.asarray(wave + rng.standard_normal(wave.size) * scale, dtype=np.float32)
