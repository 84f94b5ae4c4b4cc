"""Recordings made louder or softer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.wave_change import Changed, WaveChange

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Gain(WaveChange):
    """Make a recording louder or softer by one gain, drawn from `gain_min` to `gain_max` decibels.

    0 dB changes nothing. What would exceed full scale is scaled down to it, so that the loudest recordings become less
    loud than drawn; the fact ``peak_scaled`` says by how much. The fact ``gain_db`` holds the gain that was drawn.

    When it hurts: where loudness is the label (distance, emotion, alarm levels, machine load). Learners that normalise
    the level see no difference. Below -40 dB little is left of 16 bits.

    Example::

        - {name: louder, op: audio.gain, from: data, with: {audio: speech, gain_min: -10, gain_max: 6}}
    """

    name: ClassVar[str] = "audio.gain"

    gain_min: float = -10.0
    gain_max: float = 6.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("gain", -80.0, 80.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave at another level."""
        gain = self.draw("gain", rng)
        return wave * np.float32(10.0 ** (gain / 20.0)), {"gain_db": f"{gain:.2f}"}
