"""Whether a text is as long as texts of these data are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.stats.mad import mad_z

FLOOR = math.log(2.0)  # least spread: among texts of one length twice as long is nothing odd
FEW = 20  # texts: fewer have no distribution to be odd in


@dataclass(frozen=True)
class Length(Metric):
    """Score whether the length of a text is usual among the texts of the same data.

    `raw` is the number of characters without outer white space. Its logarithm is compared with the median of all:
    the distance in robust standard deviations (median absolute deviation) counts from 0 (score 1) to twice
    `far` (score 0), and from `far` on it is an issue. Shorter than `shortest` or longer than `longest` characters
    is one in any case; an empty text is the shortest of all.

    What it finds: what is out of all proportion. Of captions of 4 to 178 characters (median 13) texts joined until they
    had 30 times the median length, in all cases, and 10 times in 1 %; of their Japanese translations 100 times. Of
    prompts of 1 to 1,000 characters (median 14) not even 300 times. A fifth of the texts had the fault. False alarms:
    none of 2,708 prompts, 3 of 1,570 captions. Set `longest` where you know it.
    When it hurts: texts of two natural lengths (words and sentences in one column) make the scale wide, and only
    what is very far is found. A length alone says nothing about content.

    Example::

        - {name: length, op: text.length, from: task, with: {longest: 2000}}
    """

    name: ClassVar[str] = "text.length"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far", "shortest", "longest"})

    text: str = "caption"
    far: float = 3.5
    shortest: int = 1
    longest: int = 100_000

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("far", self.far, 0.5, 100.0)
        within("shortest", self.shortest, 0, 1_000_000)
        ordered("shortest", self.shortest, "longest", self.longest)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> number of characters."""
        return dict(measurable(batch, lambda sample: len(text_of(sample, self.text, may_be_empty=True))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        names = sorted(state)
        lengths = np.array([state[name] for name in names], dtype=np.float64)
        distances = mad_z(np.log(np.maximum(lengths, 1.0)), FLOOR)
        if len(names) < FEW:
            distances = np.zeros_like(distances)
        usual = int(np.median(lengths)) if names else 0
        return [
            self._score(name, int(length), float(distance), usual)
            for name, length, distance in zip(names, lengths, distances, strict=True)
        ]

    def _score(self, sample: str, length: int, distance: float, usual: int) -> Score:
        reason = self._reason(length, distance, usual)
        outside = not self.shortest <= length <= self.longest
        value = 0.0 if outside else 1.0 - min(1.0, abs(distance) / (2.0 * self.far))
        return Score(sample, self.name, value, float(length), reason is not None, reason)

    def _reason(self, length: int, distance: float, usual: int) -> Message | None:
        if length == 0 and self.shortest > 0:
            return say("The text is empty")
        if length < self.shortest:
            return say("{n} characters, fewer than {limit}", n=length, limit=self.shortest)
        if length > self.longest:
            return say("{n} characters, more than {limit}", n=length, limit=self.longest)
        if abs(distance) >= self.far:
            return say(
                "{n} characters, where half of the texts have at most {usual} ({distance:+.1f} robust standard "
                "deviations)",
                n=length,
                usual=usual,
                distance=distance,
            )
        return None

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Say how long the texts are."""
        if not state:
            return []
        lengths = np.array([state[name] for name in sorted(state)], dtype=np.float64)
        at = {f"{q} %": float(np.percentile(lengths, q)) for q in (0, 5, 25, 50, 75, 95, 100)}
        what = say(
            "Half of the texts have {low:.0f} to {high:.0f} characters, all {least:.0f} to {most:.0f}",
            low=at["25 %"],
            high=at["75 %"],
            least=at["0 %"],
            most=at["100 %"],
        )
        return [Finding("lengths", what, "note", at["50 %"], at["25 %"], at["75 %"], len(state), table=(at,))]
