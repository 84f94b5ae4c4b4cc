"""Whether a transcript says what is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.models.embedded.transcriber import listener, somebody_speaks
from shisaku.ops.audio.heard_texts import Heard, Suspect, told_apart, usual_rate
from shisaku.ops.audio.hearing import BASE, DETECTOR, TINY
from shisaku.ops.audio.spoken_form import characters, plain_words, spoken_words
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of, text_of, wave_of

ENGLISH: Final = "en"
GOOD_ENOUGH = 0.7  # lower end of the area under the ROC curve; below, the listener says little about these data


@dataclass(frozen=True)
class Transcript(Metric):
    """Score a transcript by what a speech recogniser hears in its recording, as far as the recogniser can be believed.

    A voice detector listens first, because Whisper makes up phrases in silence; English is heard by whisper-tiny-en,
    every other language by whisper-base. The language is that of the text (English where nothing tells), or `language`.
    `raw` is the word error rate (`audio.wer`; numbers are put in words in English), or for languages without spaces the
    character error rate after NFKC without punctuation (`audio.cer`); the score is 1 - min(1, raw).

    A small recogniser errs by itself, so nothing is called an issue for its error rate alone. `usual` is the share of
    errors over all recordings of the language, where of each text at most a fifth, or twice the median, counts. An
    issue is a text with so many errors that a binomial distribution with `usual` gives that or more a chance below
    `issue_below`, or with an error rate above 0.5 where another transcript of the dataset fits what was heard at least
    three times as well: that one's id is in the `group` (two swapped transcripts name each other).

    As a finding it says whether the recogniser can tell anything on these data: the area under the ROC curve between
    true pairs and recordings with the transcript of another item (of another group where there are groups).

    What it finds: in 60 English telephone prompts, swapped transcripts in 96 to 100 % whatever their share (0.02 to
    0.4), at 2 % false alarms; in prompts of five words or more (n = 4 faults) as many words again too many and 80 % of
    the words missing always, half missing in two of four, a fifth in none. Whisper hears Italian prompts worse: of 60,
    33 to 58 % of swapped transcripts, at 3 % false alarms. True English transcripts ranked above shuffled ones in 96
    %.
    When it hurts: names, spelt abbreviations and digits ("9" for "nove") count as errors. A transcript of one or two
    words is hardly ever surely wrong. Whisper may have heard public recordings in its training.

    Example::

        - {name: transcript, op: audio.transcript, from: data, with: {audio: speech, text: caption}}
    """

    name: ClassVar[str] = "audio.transcript"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "text": "text"}
    models: ClassVar[tuple[str, ...]] = (TINY, BASE, DETECTOR)
    size: ClassVar[StateSize] = "O(n)"
    batch: ClassVar[int] = 8
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below", "seed"})
    shares_family_with: ClassVar[tuple[str, ...]] = ("audio.embed",)

    audio: str = "audio"
    text: str = "caption"
    language: str = ""
    issue_below: float = 0.001
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(audio=self.audio, text=self.text)
        within("issue_below", self.issue_below, 0.0, 1.0)
        if self.language:
            object.__setattr__(self, "models", (_model(self.language), DETECTOR))

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> (entity, language, text as said, text as heard)."""
        return dict(measurable(batch, self._look))

    def _look(self, sample: Sample) -> tuple[str, str, str, str]:
        text = text_of(sample, self.text)
        language = self.language or language_of(part_of(sample, self.text, "text")) or ENGLISH
        said = _plain(text, language)
        if not said:
            raise DataError(say("There are no words to compare in text {part}", part=self.text), where=sample.id)
        wave, rate = wave_of(sample, self.audio)
        heard = ""
        if somebody_speaks(wave, rate):
            heard = listener(_model(language)).listen(wave, rate, language=language).text
        return sample.entity, language, said, _plain(heard, language)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per pair, by sample id."""
        made: list[Score] = []
        for heard in _by_language(state).values():
            usual = usual_rate(heard)
            made += [self._word(heard, place, usual) for place in range(len(heard.ids))]
        return sorted(made, key=lambda score: score.sample)

    def _word(self, heard: Heard, place: int, usual: float) -> Score:
        suspect = Suspect.of(heard, place, usual)
        issue = suspect.chance < self.issue_below or suspect.other >= 0
        other = heard.ids[suspect.other] if suspect.other >= 0 else ""
        rate = suspect.rate
        return Score(
            heard.ids[place],
            self.name,
            1.0 - min(1.0, rate),
            rate,
            issue,
            self._why(heard.heard[place], rate, usual, other),
            "/".join(sorted((heard.ids[place], other))) if other else "",
        )

    def _why(self, heard: str, rate: float, usual: float, other: str) -> Message:
        if not heard:
            return say("No speech is heard in the recording")
        if other:
            return say("What is heard fits the text of {other}: {heard}", other=other, heard=heard[:200])
        return say(
            "Error rate {rate:.2f}, usual is {usual:.2f}; heard: {heard}", rate=rate, usual=usual, heard=heard[:200]
        )

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return whether the recogniser can tell true transcripts from others, by language."""
        made = []
        for language, heard in sorted(_by_language(state).items()):
            found = told_apart(heard, rng_for(self.seed, self.name, language))
            if found is None:
                continue
            good = found.low >= GOOD_ENOUGH
            what = say(
                "Speech recognition ranks a true transcript above that of another item in {area:.1%} of pairs"
                " ({low:.1%} to {high:.1%}, n = {n}, language {language}, usual error rate {usual:.2f})",
                area=found.value,
                low=found.low,
                high=found.high,
                n=found.n_positive,
                language=language,
                usual=usual_rate(heard),
            )
            then = None if good else say("Read some transcripts yourself: the recogniser may tell little on these data")
            row = {"language": language, "auroc": found.value, "usual": usual_rate(heard), "n": found.n_positive}
            made.append(
                Finding(
                    self.name,
                    what,
                    "note" if good else "warn",
                    found.value,
                    found.low,
                    found.high,
                    found.n_positive,
                    then,
                    table=(row,),
                )
            )
        return made


def _model(language: str) -> str:
    return TINY if language == ENGLISH else BASE


def _plain(text: str, language: str) -> str:
    if language in UNSPACED:
        return characters(text)
    return spoken_words(text) if language == ENGLISH else plain_words(text)


def _by_language(state: Mapping[str, Any]) -> dict[str, Heard]:
    ids: dict[str, list[str]] = defaultdict(list)
    for sample, (_, language, _, _) in sorted(state.items()):
        ids[language].append(sample)
    return {
        language: Heard(
            tuple(some),
            tuple(state[one][0] for one in some),
            tuple(state[one][2] for one in some),
            tuple(state[one][3] for one in some),
            language not in UNSPACED,
        )
        for language, some in ids.items()
    }
