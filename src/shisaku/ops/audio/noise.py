"""Recordings with noise of a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.ops.audio.activity import active, at_snr
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.audio.wave_change import Changed, WaveChange
from shisaku.ops.limits import one_of

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

RANDOM: Final = "random"
SLOPES: Final = {"brown": 2.0, "pink": 1.0, "white": 0.0}  # power falls as 1 / frequency to this power
LOWEST = 20.0  # Hz: below, what falls with frequency would be all there is, and nobody hears it
SHORTEST = 0.25  # seconds of noise to cut from


@dataclass(frozen=True)
class Noise(WaveChange):
    """Add noise of a colour at a signal-to-noise ratio drawn from `snr_min` to `snr_max` decibels.

    `colour` is white (equal power per Hz), pink (1/f: equal power per octave), brown (1/f^2), or ``random``, one of
    the three for each child; pink and brown hold nothing below 20 Hz. The ratio is that of the powers in the active
    parts: frames of 20 ms at most 40 dB below the loud ones (the 95th percentile), so that pauses do not count; with
    120 dB nothing changes. A recording of silence has no ratio and fails. What would exceed full scale is scaled
    down, and the fact ``peak_scaled`` says so; the facts ``noise`` and ``snr_db`` say what was added.

    When it hurts: steady noise of one colour is unlike a street or a hall: `audio.field_noise` adds what was recorded
    there. Strong noise teaches the noise. Labels of the background (scene, device, noise class) become false.

    Example::

        - {name: noisy, op: audio.noise, from: data, with: {audio: speech, colour: pink, snr_min: 5, snr_max: 20}}
    """

    name: ClassVar[str] = "audio.noise"

    colour: str = RANDOM
    snr_min: float = 5.0
    snr_max: float = 25.0

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("colour", self.colour, (RANDOM, *SLOPES))
        self.limit("snr", -30.0, 120.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave with noise. Raises DataError for silence."""
        must_sound(wave)
        snr = self.draw("snr", rng)
        colour = self.colour if self.colour != RANDOM else list(SLOPES)[int(rng.integers(len(SLOPES)))]
        noise = coloured(wave.size, rate, SLOPES[colour], rng)
        made = wave + at_snr(wave, noise, active(wave, rate), snr)
        return made, {"noise": colour, "snr_db": f"{snr:.2f}"}


def coloured(size: int, rate: int, slope: float, rng: np.random.Generator) -> Wave:
    """Return Gaussian noise [size] whose power falls as 1 / f^slope above 20 Hz."""
    white = rng.standard_normal(max(size, round(SHORTEST * rate), 2))
    if slope == 0.0:
        return white[:size].astype(np.float32)
    spectrum = np.fft.rfft(white)
    hertz = np.fft.rfftfreq(white.size, 1.0 / rate)
    heard = hertz >= LOWEST
    spectrum[heard] *= hertz[heard] ** (-slope / 2.0)
    spectrum[~heard] = 0.0
    made = np.fft.irfft(spectrum, white.size)
    return np.asarray(made / np.std(made), dtype=np.float32)[:size]
