"""Two recordings at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.ops.audio.activity import active, power
from shisaku.ops.audio.overlay import Overlay
from shisaku.ops.audio.wave_change import Changed

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Mix(Overlay):
    """Let another recording of a declared pool be heard at the same time: a second talker, a competing sound.

    One recording of the pool is drawn for each child (part `other`, that of `audio` if empty) and brought to the rate
    of the sample. It covers a share of the sample drawn from `overlap_min` to `overlap_max` (less where it is too
    short), from a random place on, cut at a random place of its own; the length stays. The ratio of the powers, sample
    to other, is drawn from `snr_min` to `snr_max` decibels; each is measured where it is active: frames of 20 ms at
    most 40 dB below the loud ones of its own. With an overlap of 0 nothing changes. The other recording is the second
    parent; the facts ``snr_db``, ``overlap`` (the share covered) and ``peak_scaled`` say what was done.

    When it hurts: labels, transcript and group stay those of the sample. Below 0 dB the other is the louder one, and a
    listener may rightly answer for it. Two classes in one recording are no example of either: draw the pool from the
    same class, or from sounds that no label names.

    Example::

        - {name: crosstalk, op: audio.mix, from: task, pool: talkers, with: {audio: speech, snr_min: 5, snr_max: 15}}
    """

    name: ClassVar[str] = "audio.mix"

    snr_min: float = 5.0
    snr_max: float = 20.0
    overlap_min: float = 0.3
    overlap_max: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("snr", -30.0, 120.0)
        self.limit("overlap", 0.0, 1.0)

    def laid(self, wave: Wave, other: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the sum of both. Raises DataError where the other is silent."""
        snr, overlap = self.draw("snr", rng), self.draw("overlap", rng)
        size = min(round(overlap * wave.size), other.size)
        facts = {"snr_db": f"{snr:.2f}", "overlap": f"{size / wave.size:.3f}"}
        if size == 0:
            return wave, facts
        place = int(rng.integers(wave.size - size + 1))
        starts = other.size - size + 1
        cut = self.sounding(lambda: other[(start := int(rng.integers(starts))) : start + size])
        ratio = power(wave, active(wave, rate)) / power(cut, active(cut, rate))
        made = wave.copy()
        made[place : place + size] += cut * np.float32(np.sqrt(ratio) * 10.0 ** (-snr / 20.0))
        return made, facts
