"""Recordings moved in pitch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.stretching import transposed
from shisaku.ops.audio.wave_change import Changed, WaveChange

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Pitch(WaveChange):
    """Move a recording in pitch by `semitones_min` to `semitones_max`, while time stays as it is.

    All frequencies are multiplied by 2^(semitones / 12), formants too, so that a voice sounds like a smaller or a
    larger person: Signalsmith Stretch (a phase vocoder) stretches the time, and resampling brings it back (soxr). 0
    semitones change nothing. Length and times stay; the fact ``semitones`` says how far it went.

    When it hurts: labels of pitch, melody, tone (in tone languages, words), age and sex of a voice become false. Moved
    far, a voice is nobody's: `audio.convert` moves pitch and formants apart from each other. Clicks and beats are
    smeared by some ms, and what goes over half the rate is lost.

    Example::

        - {name: higher, op: audio.pitch, from: data, with: {audio: speech, semitones_min: -2, semitones_max: 2}}
    """

    name: ClassVar[str] = "audio.pitch"

    semitones_min: float = -3.0
    semitones_max: float = 3.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("semitones", -24.0, 24.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave at another pitch."""
        semitones = self.draw("semitones", rng)
        made = transposed(wave, rate, semitones) if semitones else wave
        return made, {"semitones": f"{semitones:.2f}"}
