"""Whether the mains can be heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.audio.wave_metric import WaveMetric
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

MAINS = (50, 60)
MULTIPLES = 8
WINDOW = 0.5  # seconds: bins of 2 Hz
ALONE = 10.0  # decibels that a line must stand out more if its multiples do not
WORST = 40.0
NOTHING = 1e-16  # power in a bin, far below 16 bit


@dataclass(frozen=True)
class Hum(WaveMetric):
    """Score a recording by mains hum: steady lines at 50 or 60 Hz and their multiples.

    The median spectrum over windows of 0.5 s (Welch's method with medians) keeps what is always there and forgets
    speech, which comes and goes. A line stands out by its power over that of 6 to 14 Hz beside it. `raw` is, in
    decibels, how far both the fundamental and the best of its multiples up to the 8th stand out, or the fundamental
    alone less 10 dB; the score is 1 - raw / 40 within [0, 1], and above `issue_above` decibels it is called an issue.

    What it finds: hum 30 dB below the speech (50 or 60 Hz with multiples) in 92 to 97 % of telephone prompts without a
    false alarm (n = 200 each), where nothing else is that low; in wide band speech with a noise floor 10 dB below only
    three of five clips, at the level of the speech all. Of 2,563 prompts of 0.5 s or more as they are it called one.
    When it hurts: music, motors and electronic tones at a multiple of 50 or 60 Hz are lines as well. Shorter
    recordings than 0.5 s get no score, and under 2 s a sustained voice can be mistaken.

    Example::

        - {name: hum, op: audio.hum, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.hum"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above"})

    issue_above: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("issue_above", self.issue_above, 0.0, 200.0)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return how far lines stand out in decibels, and of which mains."""
        from scipy.signal import welch

        must_sound(wave)
        size = round(WINDOW * rate)
        if len(wave) < size:
            raise DataError(say("The recording is shorter than {seconds:g} s", seconds=WINDOW))
        _, power = welch(wave, rate, nperseg=size, noverlap=3 * size // 4, average="median")
        found = [(_stands_out(power, mains * size / rate), float(mains)) for mains in MAINS]
        return list(max(found))

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of those."""
        db, mains = figures
        value = 1.0 - min(1.0, max(0.0, db / WORST))
        reason = say("Lines at {hertz:.0f} Hz and its multiples stand {db:.0f} dB out", hertz=mains, db=db)
        return Score(sample, self.name, value, db, db > self.issue_above, reason)


def _stands_out(power: npt.NDArray[np.float32], step: float) -> float:
    lines = []
    for multiple in range(1, MULTIPLES + 1):
        bin_ = round(multiple * step)
        if bin_ + 8 > len(power):
            break
        beside = float(np.r_[power[bin_ - 7 : bin_ - 3], power[bin_ + 4 : bin_ + 8]].mean())
        line = float(power[bin_ - 1 : bin_ + 2].mean())
        lines.append(10.0 * np.log10((line + NOTHING) / (beside + NOTHING)))
    if not lines:
        return 0.0
    return float(max(min(lines[0], max(lines[1:], default=0.0)), lines[0] - ALONE))
