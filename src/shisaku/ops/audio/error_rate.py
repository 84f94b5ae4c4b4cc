"""What the error rates of words and of characters share: two texts in, a rate and its score out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable


@dataclass(frozen=True)
class ErrorRate(Metric):
    """A rate of errors in text `heard` against text `text`; `raw` is the rate, the score 1 - min(1, rate)."""

    reads: ClassVar[Mapping[str, Kind]] = {"heard": "text", "text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("audio.embed",)

    heard: str = "heard"
    text: str = "caption"
    issue_above: float = 0.5

    def __post_init__(self) -> None:
        part_names(heard=self.heard, text=self.text)
        within("issue_above", self.issue_above, 0.0, 10.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> error rate."""
        return dict(measurable(batch, self.rate))

    @abstractmethod
    def rate(self, sample: Sample) -> float:
        """Return the error rate of one sample. Raises DataError where there is nothing to compare."""

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        return [
            Score(sample, self.name, 1.0 - min(1.0, rate), rate, rate > self.issue_above)
            for sample, rate in sorted(state.items())
        ]
