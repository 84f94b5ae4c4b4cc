"""Recordings as they would sound in a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.audio.classical import with_noise
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_wave

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

DECIBELS_OF_RT60 = 60.0


@dataclass(frozen=True)
class Room(Transform):
    """Play a recording in a simulated room: reverberation by a synthetic impulse response, then noise.

    The response is the direct sound followed by white noise that decays exponentially, by 60 decibels in the
    reverberation time: the statistical model of late reverberation (Polack 1988). One random draw per child:
    the time from `rt60_min` to `rt60_max` seconds, the direct sound `direct_min` to `direct_max` decibels
    above the reverberation, the decay itself, and white noise `snr_min` to `snr_max` decibels below the
    recording. The recording becomes longer by the reverberation time; the root mean square over its own
    length and the rate stay. What would clip is scaled down.

    When it hurts: there are no early reflections and no real room, so what is learnt here may not hold in
    one. On features of a large pretrained listener room and noise changed nothing that 65 test clips could
    show (+3 and -1.5 points).

    Example::

        - {name: roomy, op: audio.room, from: spoken, with: {audio: speech, rt60_max: 0.5, snr_min: 10}}
    """

    name: ClassVar[str] = "audio.room"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    makes: ClassVar[str] = "children"

    audio: str = "speech"
    rt60_min: float = 0.2
    rt60_max: float = 0.8
    direct_min: float = -3.0
    direct_max: float = 9.0
    snr_min: float = 15.0
    snr_max: float = 35.0

    def __post_init__(self) -> None:
        part_names(audio=self.audio)
        for name, low, high in (("rt60", 0.05, 5.0), ("direct", -40.0, 80.0), ("snr", -20.0, 120.0)):
            least, most = f"{name}_min", f"{name}_max"
            within(least, getattr(self, least), low, high)
            within(most, getattr(self, most), low, high)
            ordered(least, getattr(self, least), most, getattr(self, most))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample, in a room of its own."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        rt60 = float(rng.uniform(self.rt60_min, self.rt60_max))
        direct = float(rng.uniform(self.direct_min, self.direct_max))
        snr = float(rng.uniform(self.snr_min, self.snr_max))
        wave = with_noise(in_room(wave, impulse_response(rate, rt60, direct, rng)), snr, rng)
        peak = float(np.abs(wave).max())
        if peak > 1.0:
            wave = wave / np.float32(peak)
        part = Part("audio", encode_wave(wave, rate), lang=sample.parts[self.audio].lang)
        return sample.child(self.name, parts=inherited(sample, {self.audio: part}))


def impulse_response(rate: int, rt60: float, direct: float, rng: np.random.Generator) -> Wave:
    """Return a room's impulse response [1 + rate * rt60]: a direct sound of 1, then Polack's decaying noise.

    `rt60` is the time in seconds in which the noise falls by 60 dB (its envelope is 10^(-3 t / rt60)),
    `direct` the energy of the direct sound over that of all the rest, in dB.
    """
    time = np.arange(1, max(2, round(rate * rt60) + 1)) / rate
    tail = rng.standard_normal(time.size) * 10.0 ** (-DECIBELS_OF_RT60 / 20.0 * time / rt60)
    tail *= np.sqrt(10.0 ** (-direct / 10.0) / np.sum(np.square(tail)))
    return np.concatenate([[1.0], tail]).astype(np.float32)


def in_room(wave: Wave, response: Wave) -> Wave:
    """Return the wave heard through a response: longer by its tail, with the level that it had over its own length."""
    from scipy.signal import fftconvolve

    heard = fftconvolve(wave.astype(np.float64), response.astype(np.float64))
    before, after = np.mean(np.square(wave, dtype=np.float64)), np.mean(np.square(heard[: wave.size]))
    return np.asarray(heard * np.sqrt(before / after) if after > 0.0 else heard, dtype=np.float32)
