"""Whether that was heard which should have been said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.error_rate import ErrorRate
from shisaku.ops.audio.spoken_form import spoken_words
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.reading import part_of, text_of


@dataclass(frozen=True)
class Wer(ErrorRate):
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

    def rate(self, sample: Sample) -> float:
        """Return the word error rate of one sample. Raises DataError where there is nothing to compare."""
        import jiwer

        said = spoken_words(text_of(sample, self.text))
        if not said or language_of(part_of(sample, self.text, "text")) in UNSPACED:
            raise DataError(say("There are no words to compare in text {part}", part=self.text), where=sample.id)
        return float(jiwer.wer(said, spoken_words(text_of(sample, self.heard, may_be_empty=True))))
