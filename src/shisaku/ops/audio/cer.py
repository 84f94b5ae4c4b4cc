"""Whether that was heard which should have been said, character by character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.spoken_form import characters
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of


@dataclass(frozen=True)
class Cer(Metric):
    """Score a recording by its character error rate: the measure for languages without spaces, and for any other.

    Character error rate = (substitutions + deletions + insertions) / characters of the text, computed after
    both are brought to NFKC and lower case without punctuation and spaces. `raw` is the rate (it may exceed
    1), the score is 1 - min(1, rate); a rate above `issue_above` is called an issue.

    What it finds: recordings of another text, cut recordings, speech drowned in noise.
    When it hurts: Japanese writes one word in several ways, and a listener that spells it otherwise than
    the text (犬, いぬ, イヌ; 三, 3) is charged for it, so read the rate as an upper bound and compare only
    within one kind of text. The listener is of the same family as `audio.embed`.

    Example::

        - {name: cer, op: audio.cer, from: heard, with: {heard: heard, text: caption_ja}}
    """

    name: ClassVar[str] = "audio.cer"
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
        """Return sample id -> character error rate."""
        return dict(measurable(batch, self._rate))

    def _rate(self, sample: Sample) -> float:
        import jiwer

        said = characters(text_of(sample, self.text))
        if not said:
            raise DataError(say("There are no characters to compare in text {part}", part=self.text), where=sample.id)
        return float(jiwer.cer(said, characters(text_of(sample, self.heard, may_be_empty=True))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        return [
            Score(sample, self.name, 1.0 - min(1.0, rate), rate, rate > self.issue_above)
            for sample, rate in sorted(state.items())
        ]
