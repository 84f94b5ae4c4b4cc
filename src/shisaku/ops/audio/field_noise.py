"""Recordings in the noise of the place where they will be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.activity import active, at_snr, power
from shisaku.ops.audio.overlay import Overlay
from shisaku.ops.audio.wave_change import Changed

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

LEAST_SHARE = 0.01  # of its mean power
FADE = 0.05  # seconds over which a noise that is too short goes over into itself


@dataclass(frozen=True)
class FieldNoise(Overlay):
    """Add noise that was recorded in the field, from a declared pool, at a signal-to-noise ratio in decibels.

    One recording of the pool is drawn for each child (part `other`, that of `audio` if empty), brought to the rate of
    the sample, and cut at a random place; one that is too short is looped, with 50 ms of cross-fade at equal power. The
    ratio, drawn from `snr_min` to `snr_max`, is that of the powers in the active parts of the sample: frames of 20 ms
    at most 40 dB below the loud ones. At 120 dB nothing changes. The noise is the second parent; the facts ``noise``
    and ``snr_db`` say what was added, ``peak_scaled`` that the sum had to be scaled down to full scale.

    When it hurts: people who speak in the noise are heard in the child, and consent to that is theirs. A loop of a few
    seconds is learnt as a pattern. Noise of the places where you test must not be in the pool.

    Example::

        - {name: in_the_hall, op: audio.field_noise, from: task, pool: hall_noise, rounds: 2,
           with: {audio: speech, other: audio, snr_min: 0, snr_max: 15}}
    """

    name: ClassVar[str] = "audio.field_noise"

    snr_min: float = 0.0
    snr_max: float = 20.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("snr", -30.0, 120.0)

    def laid(self, wave: Wave, other: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave in the noise. Raises DataError where the noise is silent."""
        snr = self.draw("snr", rng)
        noise = self.sounding(lambda: cut_from(other, wave.size, round(FADE * rate), rng))
        where, whole = active(wave, rate), np.ones(wave.size, dtype=np.bool_)
        # A noise that happens to pause where the speech is would be blown up by what little it holds there.
        heard = where if power(noise, where) > LEAST_SHARE * power(noise, whole) else whole
        return wave + at_snr(wave, noise, heard, snr), {"noise": "field", "snr_db": f"{snr:.2f}"}


def cut_from(noise: Wave, size: int, fade: int, rng: np.random.Generator) -> Wave:
    """Return `size` samples of the noise from a random place on, looped where it is shorter."""
    if noise.size >= size:
        start = int(rng.integers(noise.size - size + 1))
        return noise[start : start + size]
    fade = min(fade, noise.size // 2)
    loop = noise[: noise.size - fade].copy()
    ramp = np.sin(0.5 * np.pi * (np.arange(fade) + 0.5) / max(1, fade)).astype(np.float32)
    loop[:fade] = loop[:fade] * ramp + noise[noise.size - fade :] * ramp[::-1]
    return np.resize(np.roll(loop, -int(rng.integers(loop.size))), size)
