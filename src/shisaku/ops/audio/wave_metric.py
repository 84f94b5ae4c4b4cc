"""What measures of one recording share: a wave in, figures out, one word about each."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import wave_of

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class WaveMetric(Metric):
    """Figures of a recording; what they mean is said by `word`."""

    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    size: ClassVar[StateSize] = "O(n)"

    audio: str = "audio"

    def __post_init__(self) -> None:
        part_names(audio=self.audio)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> figures."""
        return dict(measurable(batch, self._look))

    def _look(self, sample: Sample) -> list[float]:
        start = f"{self.audio}_"
        facts = {name.removeprefix(start): fact for name, fact in sample.facts.items() if name.startswith(start)}
        return self.figures(*wave_of(sample, self.audio), facts)

    @abstractmethod
    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the figures of a wave; `facts` is what its file said. Raises DataError where it is too short."""

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        return [self.word(sample, figures) for sample, figures in sorted(state.items())]

    @abstractmethod
    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of a recording with these figures."""


def number(facts: Mapping[str, str], name: str, otherwise: float) -> float:
    """Return a fact as a number, or `otherwise` where it is missing or none."""
    try:
        found = float(facts[name])
    except (KeyError, ValueError):
        return otherwise
    return found if math.isfinite(found) else otherwise
