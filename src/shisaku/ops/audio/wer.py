"""Whether that was heard which should have been said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.spoken_form import spoken_words
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of, text_of


@dataclass(frozen=True)
class Wer(Metric):
    """Score a recording by its word error rate: what was heard against what should have been said.

    Word error rate = (substitutions + deletions + insertions) / words of the text, computed after both are
    brought to lower case without punctuation and whole numbers and ordinals to English words, so
    that "3" is "three" and "21st" is "twenty-first". `raw` is the rate (it may exceed 1), the score is
    1 - min(1, rate); a rate above `issue_above` is called an issue.

    What it finds: recordings of another text, cut recordings, speech drowned in noise.
    When it hurts: on single words one slip of the listener is a rate of 1; `audio.closed_vocabulary` is
    fairer there. Decimals and years ("1984") differ from how they are said. Dropping by this score lost as
    much diversity as it won quality in our trials: compare with a random drop of equal size. The listener
    is of the same family as `audio.embed`. Texts without spaces (Japanese) get no score: use `audio.cer`.

    Example::

        - {name: wer, op: audio.wer, from: heard, with: {heard: heard, text: caption}}
    """

    name: ClassVar[str] = "audio.wer"
    version: ClassVar[int] = 2
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
        """Return sample id -> word error rate."""
        return dict(measurable(batch, self._rate))

    def _rate(self, sample: Sample) -> float:
        import jiwer

        said = spoken_words(text_of(sample, self.text))
        if not said or language_of(part_of(sample, self.text, "text")) in UNSPACED:
            raise DataError(say("There are no words to compare in text {part}", part=self.text), where=sample.id)
        return float(jiwer.wer(said, spoken_words(text_of(sample, self.heard, may_be_empty=True))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        return [
            Score(sample, self.name, 1.0 - min(1.0, rate), rate, rate > self.issue_above)
            for sample, rate in sorted(state.items())
        ]
