"""Recordings played faster or slower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.classical import faster
from shisaku.ops.audio.stretching import stretched
from shisaku.ops.audio.wave_change import Changed, Retiming

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Tempo(Retiming):
    """Play a recording faster or slower, `tempo_min` to `tempo_max` times as fast; the pitch stays unless told.

    With `keep_pitch` the time is stretched by Signalsmith Stretch (a phase vocoder). Without, the recording is
    resampled, as a tape that runs at another speed, and pitch and formants move along: the speed perturbation of Ko et
    al. (2015), who used 0.9, 1.0 and 1.1. A tempo of 1 changes nothing. The length becomes that of the recording / the
    tempo; facts that told the length are told anew, the fact ``tempo`` says how fast.

    When it hurts: labels of tempo, rhythm or speaking rate, and of pitch without `keep_pitch`, become false. So do
    times that count on the recording: where another part shares its clock (video, events, timed text) the sample fails,
    unless `leave_clock` says that the recording leaves that clock. Stretched more than by half, it sounds hollow.

    Example::

        - {name: faster, op: audio.tempo, from: data, with: {audio: speech, tempo_min: 0.9, tempo_max: 1.1}}
    """

    name: ClassVar[str] = "audio.tempo"

    tempo_min: float = 0.85
    tempo_max: float = 1.2
    keep_pitch: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("tempo", 0.25, 4.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave at another tempo."""
        tempo = self.draw("tempo", rng)
        facts = {"tempo": f"{tempo:.4f}", "pitch_kept": str(self.keep_pitch).lower()}
        if tempo == 1.0:
            return wave, facts
        return (stretched(wave, rate, tempo) if self.keep_pitch else faster(wave, rate, tempo)), facts
