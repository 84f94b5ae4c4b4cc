"""How much of a recording is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.audio.levels import FRAME, frame_levels, silent_frames
from shisaku.ops.audio.wave_metric import WaveMetric, number
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Silence(WaveMetric):
    """Score a recording by the share of silence in it, its longest silence, and channels that bear nothing.

    Frames of 20 ms are silent when they lie 40 dB below the loud ones (95th percentile) or below -60 dB full scale.
    `raw` is the share of silent frames, the score 1 - raw, or `longest` / longest silence where that is less, or 0.5
    where one channel was silent beside another or two cancelled each other when they were mixed (facts
    ``<part>_silent_channels`` and ``<part>_mix_db``). A share above `issue_above`, a silence above `longest` seconds
    and such channels are called an issue.

    What it finds: a pause of 3 s and silence for 60 % of the time always (80 % of a man's prompts), a pause of 2 s in
    60 %, without a false alarm (n = 200 each); a channel 70 dB softer than the other, and an inverted channel from
    which the other differs by 12 dB less than its level. Of 2,708 prompts in five languages it called the 30 an issue
    that are silent by design.
    When it hurts: a pause full of noise is none; `audio.speech_share` asks for speech instead. Music and speech with
    long rests are made so.

    Example::

        - {name: silence, op: audio.silence, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.silence"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above", "longest"})

    below_loud: float = 40.0
    below_full: float = 60.0
    issue_above: float = 0.6
    longest: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("below_loud", self.below_loud, 0.0, 200.0)
        within("below_full", self.below_full, 0.0, 200.0)
        within("issue_above", self.issue_above, 0.0, 1.0)
        within("longest", self.longest, FRAME, 1e6)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the share of silence, the longest in seconds, silent channels, and decibels lost by mixing."""
        silent = silent_frames(frame_levels(wave, rate), self.below_loud, self.below_full)
        turns = np.diff(np.r_[0, silent.astype(np.int8), 0])
        runs = np.flatnonzero(turns < 0) - np.flatnonzero(turns > 0)
        longest = float(runs.max(initial=0)) * FRAME
        return [float(silent.mean()), longest, number(facts, "silent_channels", 0.0), number(facts, "mix_db", 0.0)]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of those."""
        share, longest, channels, mixed = figures
        odd = channels > 0 or mixed < 0
        value = min(1.0 - share, self.longest / max(self.longest, longest), 0.5 if odd else 1.0)
        issue = odd or share > self.issue_above or longest > self.longest
        return Score(sample, self.name, value, share, issue, self._why(share, longest, channels, mixed))

    def _why(self, share: float, longest: float, channels: float, mixed: float) -> Message:
        if channels:
            return say("{n:.0f} of its channels are silent", n=channels)
        if mixed:
            return say("Its two channels cancel each other: mixed, they are {db:.0f} dB softer", db=-mixed)
        return say("{share:.0%} is silence, the longest {seconds:.1f} s", share=share, seconds=longest)
