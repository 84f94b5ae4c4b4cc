"""Which of a few known texts was said in a recording, and whether any was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.embedded.transcriber import listener, somebody_speaks
from shisaku.ops.audio.hearing import DETECTOR, TINY, check_listener, weights_for
from shisaku.ops.audio.spoken_form import characters, spoken_words
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of, wave_of

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

HERE = "{text}"
CERTAIN = 50.0


class Asked(NamedTuple):
    """A recording and the place in the vocabulary of what should be said in it."""

    wave: Wave
    rate: int
    place: int


@dataclass(frozen=True)
class ClosedVocabulary(Metric):
    """Score a recording by how likely its text was said in it, among all the texts that may be said.

    For every text of `vocabulary`, put into `carrier` ("This is a {text}." if such sentences were read), Whisper
    says how likely it would write that down for the recording: the sum of the tokens' log probabilities,
    undivided (dividing by length chose the right word of 24 in 66 % of single words, the sum in 87 %). What
    it writes down freely stands beside them as "something else", handicapped by `margin` nats, since it was
    chosen as the likeliest of all texts. The score is the probability of the right text among these, `raw`
    its log odds (natural, at most 50 either way) against the likeliest other; it is an issue if those are
    negative. Where nobody speaks (`detect` as in `audio.transcribe`) or no word is understood, the score is
    0. A text outside the vocabulary, or a recording above 30 seconds, gets no score.

    What it finds: with Whisper tiny.en, 4 flite and 3 Kokoro voices and 24 names, of which 14 sound like
    another, it found 99.9 % of the recordings of a name that sounds different (read as single words, and in
    "This is a ..."), 91 % (words) and 99 % (sentences) of those of a name that sounds alike (goat, boat, coat;
    bear, pear; sheep, ship), 99 % of words from outside the vocabulary, 79 % and 76 % of those that sound like
    the text (beer for bear, deal for seal), and noise, tones and silence always (18 of 18). The margin was chosen
    on the flite recordings among these; Kokoro alone, not looked at before, came out alike.
    When it hurts: 19 % (words) and 8 % (sentences) of the right recordings were called an issue, nearly all of
    names with a like-sounding other, and 18 % and 11 % of the words from outside were taken for some name, so
    do not recognise open speech with it. A `margin` of 8 makes that 14 % and 2 %, and 40 % and 22 %. The
    listener is of the same family as `audio.embed`.

    Example::

        - name: said_right
          op: audio.closed_vocabulary
          from: spoken
          with: {audio: speech, text: bare, vocabulary: [goat, boat, coat]}
    """

    name: ClassVar[str] = "audio.closed_vocabulary"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "text": "text"}
    models: ClassVar[tuple[str, ...]] = (TINY, DETECTOR)
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("audio.embed",)
    batch: ClassVar[int] = 8

    vocabulary: tuple[str, ...]
    audio: str = "speech"
    text: str = "caption"
    carrier: str = HERE
    margin: float = 6.0
    model: str = TINY
    language: str = "en"
    detect: bool = True

    def __post_init__(self) -> None:
        part_names(audio=self.audio, text=self.text)
        check_listener(self.model, self.language, self.name)
        within("margin", self.margin, 0.0, CERTAIN)
        if self.carrier.count(HERE) != 1:
            raise ValueError(f"carrier must hold {HERE} once, got {self.carrier!r}")
        plain = [self._plain(text) for text in self.vocabulary]
        if len(plain) < 2 or len(set(plain)) < len(plain) or not all(plain):
            raise ValueError(f"vocabulary must hold at least 2 texts that differ when said, got {self.vocabulary}")
        object.__setattr__(self, "models", weights_for(self.model, self.detect))

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> (probability of the right text, log odds against the likeliest other)."""
        return dict(measurable(batch, lambda sample: self._odds(self._asked(sample))))

    def _asked(self, sample: Sample) -> Asked:
        said = self._plain(text_of(sample, self.text))
        places = [place for place, text in enumerate(self.vocabulary) if self._plain(text) == said]
        if not places:
            raise DataError(say("Text {part} is not in the vocabulary", part=self.text), where=sample.id)
        return Asked(*wave_of(sample, self.audio), places[0])

    def _odds(self, asked: Asked) -> list[float]:
        heard = self._heard(asked)
        if not characters(heard):
            return [0.0, -CERTAIN]
        texts = [self.carrier.replace(HERE, text) for text in self.vocabulary]
        free = [] if self._plain(heard) in map(self._plain, texts) else [heard]
        logs = listener(self.model).log_probabilities(asked.wave, asked.rate, [*texts, *free], language=self.language)
        logs[len(texts) :] -= self.margin
        return list(chance_of(logs, asked.place))

    def _heard(self, asked: Asked) -> str:
        if self.detect and not somebody_speaks(asked.wave, asked.rate):
            return ""
        return listener(self.model).listen(asked.wave, asked.rate, language=self.language).text

    def _plain(self, text: str) -> str:
        return characters(spoken_words(text) if self.language == "en" else text)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording whose text is in the vocabulary, by sample id."""
        return [Score(sample, self.name, chance, odds, odds < 0.0) for sample, (chance, odds) in sorted(state.items())]


def chance_of(logs: npt.NDArray[np.float64], place: int) -> tuple[float, float]:
    """Return the probability of one among n log likelihoods (equal priors), and its log odds against the best other."""
    chances = np.exp(logs - logs.max())
    others = np.delete(logs, place)
    odds = float(np.clip(logs[place] - others.max(), -CERTAIN, CERTAIN))
    return float(chances[place] / chances.sum()), odds
