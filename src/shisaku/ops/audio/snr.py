"""How far a recording stands above its noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.audio.levels import LOUD, frame_levels, must_sound
from shisaku.ops.audio.wave_metric import WaveMetric
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

QUIET = 10.0  # percentile of frames that stands for the noise
BEST = 50.0  # decibels


@dataclass(frozen=True)
class Snr(WaveMetric):
    """Score a recording by its signal-to-noise ratio, estimated from the levels of its loud and its quiet moments.

    Loud is the 95th, quiet the 10th percentile of the power of 20 ms frames, and the ratio (loud - quiet) / quiet in
    decibels: the idea of the NIST speech quality tools (STNR), which take what lies between words for noise. `raw` is
    the ratio in decibels, the score raw / 50 within [0, 1]; below `issue_below` decibels it is called an issue. The
    loud moments of speech lie 5 to 6 dB above its mean level, so raw is that much above a ratio of mean powers.

    What it finds: white noise 10 dB below the speech in 80 to 95 % and pink noise in 56 to 82 % of telephone prompts,
    both always at 5 dB, hardly any at 15 dB, at 0 to 0.5 % false alarms (n = 200 each). In prompts as they are it
    called 0 to 3 % an issue, most in a Spanish voice that makes no pauses.
    When it hurts: speech without any pause, music and steady tones have no quiet moments and look noisy. Noise that
    was cut away between words (a gate) is not seen. Noise that comes and goes counts as signal.

    Example::

        - {name: snr, op: audio.snr, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.snr"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below"})

    issue_below: float = 17.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("issue_below", self.issue_below, -50.0, 100.0)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the ratio in decibels."""
        must_sound(wave)
        quiet, loud = 10.0 ** (np.percentile(frame_levels(wave, rate), [QUIET, LOUD]) / 10.0)
        return [float(10.0 * np.log10(max(loud - quiet, 1e-3 * quiet) / quiet))]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of that ratio."""
        (db,) = figures
        reason = say("About {db:.0f} dB between its loud and its quiet moments", db=db)
        return Score(sample, self.name, min(1.0, max(0.0, db / BEST)), db, db < self.issue_below, reason)
