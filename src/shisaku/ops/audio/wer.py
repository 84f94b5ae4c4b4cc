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

    What it finds: recordings of another text, cut recordings, speech drowned in noise. Telephone prompts of five words
    or more (n = 24, heard by whisper-tiny-en, no false alarms): `issue_above` called 96 % with a share of 0.6 of the
    sound cut out in pieces of 0.12 s, 71 % with 0.4, 8 % with 0.2; the area under the ROC curve against whole ones was
    1.00 [0.98, 1.00] at 0.4, 0.95 [0.84, 0.98] at 0.2 and 0.77 [0.65, 0.86] at 0.1. Of words left out, all where the
    share was 0.7, 62 % where it was 0.5 (areas 1.00 at 0.5, 0.97 [0.82, 1.00] at 0.3, 0.78 [0.63, 0.87] at 0.1).
    White noise as loud as the speech 81 %, at 5 dB less 50 % (n = 16).
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
