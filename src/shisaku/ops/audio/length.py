"""Whether a recording is much shorter or longer than the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.audio.wave_metric import WaveMetric
from shisaku.ops.limits import ordered, within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

TO_SD = 1.4826  # median absolute deviation of a normal distribution -> standard deviation
LEAST_SD = 0.1  # of the logarithm: recordings of one length may still differ by this
FEW = 10


@dataclass(frozen=True)
class Length(WaveMetric):
    """Score a recording by its length beside that of the others, and within absolute limits.

    The logarithm of the length is compared with the median over all recordings in robust standard deviations (1.4826
    times the median absolute deviation, at least 0.1). `raw` is the length in seconds; the score is 1 / (1 + (z / 6)^2)
    with z these deviations, 0 outside `shortest` to `longest` seconds. Outside these, or more than `issue_above`
    deviations away, it is called an issue. Under 10 recordings only the absolute limits speak.

    What it finds: prompts cut to a twentieth in 84 to 92 %, to a tenth in 62 to 74 %, because a word may take half a
    second; prompts repeated up to 130 s always; no false alarm (n = 200 each). It does not find what is cut in half.
    When it hurts: where short and long recordings are both meant (words and stories), a few odd ones hide.

    Example::

        - {name: length, op: audio.length, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.length"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above", "shortest", "longest"})

    shortest: float = 0.2
    longest: float = 120.0
    issue_above: float = 6.0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("issue_above", self.issue_above, 0.0, 100.0)
        within("shortest", self.shortest, 0.0, 1e6)
        ordered("shortest", self.shortest, "longest", self.longest)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the length in seconds."""
        return [len(wave) / rate]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        ids = sorted(state)
        if not ids:
            return []
        logs = np.log([state[sample][0] for sample in ids])
        middle = float(np.median(logs))
        sd = max(TO_SD * float(np.median(np.abs(logs - middle))), LEAST_SD) if len(ids) >= FEW else np.inf
        away = np.abs(logs - middle) / sd
        return [
            self.word(sample, [*state[sample], float(z), float(np.exp(middle))])
            for sample, z in zip(ids, away, strict=True)
        ]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of a length in seconds, its deviations from the median, and the median."""
        seconds, away, middle = figures
        outside = not self.shortest <= seconds <= self.longest
        value = 0.0 if outside else 1.0 / (1.0 + (away / 6.0) ** 2)
        return Score(
            sample, self.name, value, seconds, outside or away > self.issue_above, self._why(seconds, outside, middle)
        )

    def _why(self, seconds: float, outside: bool, middle: float) -> Message:
        if outside:
            return say(
                "It is {seconds:.2f} s long; the limits are {low:g} to {high:g} s",
                seconds=seconds,
                low=self.shortest,
                high=self.longest,
            )
        return say(
            "It is {seconds:.2f} s long, where half of all are below {middle:.2f} s", seconds=seconds, middle=middle
        )
