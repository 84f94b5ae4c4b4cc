"""Whether a transcript is as long as what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.audio.levels import FRAME, frame_levels, must_sound, silent_frames
from shisaku.ops.audio.spoken_form import characters, spoken_words
from shisaku.ops.language import language_of, script_of
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of, text_of, wave_of

AROUND = 6.0  # letters: what the start and the end of an utterance take
LETTERS = {"ja": 2.0, "zh": 4.0, "ko": 3.0}  # a kana, a Chinese character, a block of Hangul
BELOW_LOUD, BELOW_FULL = 40.0, 60.0  # decibels: what is softer is a pause
TO_SD = 1.4826
FEW = 20


@dataclass(frozen=True)
class SpeechRate(Metric):
    """Score a transcript by the letters per second of sound it asks for, beside the others of its language.

    Seconds are frames of 20 ms less than 40 dB below the loud ones. Letters follow `audio.cer` (and numbers are put in
    words in English); a kana counts as 2, a block of Hangul as 3, a Chinese character as 4, and 6 are added for the
    start and end of every utterance. `raw` is letters per second. The logarithm is compared with the median of the
    language in robust standard deviations (1.4826 times the median absolute deviation): the score is
    1 / (1 + (z / 4)^2), and above `issue_above` deviations, or outside `slowest` to `fastest` letters per second, it is
    called an issue. Under 20 recordings of a language only these limits speak.

    What it finds: transcripts of five words or more to which twice as many words again were added always (as many
    again: 29 to 68 %), with 80 % of the words missing in 83 to 96 %, with half of them missing in 21 to 50 %, at 1 %
    false alarms (n = 300 in each of two languages). Swapped transcripts only where their lengths differ: 23 to 67 %.
    In 2,708 prompts as they are it called 0.2 to 2 % an issue: spelt abbreviations, beeps, and two transcripts that
    are wrong.
    When it hurts: it hears no words, so a wrong transcript of the right length passes (`audio.transcript` listens).
    Letters and abbreviations that are spelt out, and sounds with a description of them, are called issues.

    Example::

        - {name: speech_rate, op: audio.speech_rate, from: data, with: {audio: speech, text: caption}}
    """

    name: ClassVar[str] = "audio.speech_rate"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above", "slowest", "fastest"})

    audio: str = "audio"
    text: str = "caption"
    issue_above: float = 4.0
    slowest: float = 3.0
    fastest: float = 60.0

    def __post_init__(self) -> None:
        part_names(audio=self.audio, text=self.text)
        within("issue_above", self.issue_above, 0.0, 100.0)
        within("slowest", self.slowest, 0.0, 1e6)
        ordered("slowest", self.slowest, "fastest", self.fastest)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> (letters, seconds, language)."""
        return dict(measurable(batch, self._look))

    def _look(self, sample: Sample) -> tuple[float, float, str]:
        wave, rate = wave_of(sample, self.audio)
        must_sound(wave)
        text, language = text_of(sample, self.text), language_of(part_of(sample, self.text, "text"))
        letters = letters_in(spoken_words(text) if language == "en" else text)
        silent = silent_frames(frame_levels(wave, rate), BELOW_LOUD, BELOW_FULL)
        if not letters:
            raise DataError(say("There are no letters in text {part}", part=self.text), where=sample.id)
        return letters, max(FRAME, float((~silent).sum()) * FRAME), language

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per pair, by sample id."""
        rates = {sample: (letters + AROUND) / seconds for sample, (letters, seconds, _) in sorted(state.items())}
        of: dict[str, list[float]] = defaultdict(list)
        for sample, rate in rates.items():
            of[state[sample][2]].append(float(np.log(rate)))
        usual = {language: _centre(logs) for language, logs in of.items()}
        return [self._word(sample, rate, *usual[state[sample][2]]) for sample, rate in rates.items()]

    def _word(self, sample: str, rate: float, middle: float, sd: float) -> Score:
        away = abs(float(np.log(rate)) - middle) / sd
        outside = not self.slowest <= rate <= self.fastest
        value = 0.0 if outside else 1.0 / (1.0 + (away / 4.0) ** 2)
        return Score(
            sample,
            self.name,
            value,
            rate,
            outside or away > self.issue_above,
            self._why(rate, float(np.exp(middle)), sd),
        )

    def _why(self, rate: float, usual: float, sd: float) -> Message:
        if not np.isfinite(sd):
            return say("The transcript asks for {rate:.0f} letters a second", rate=rate)
        return say("The transcript asks for {rate:.0f} letters a second; {usual:.0f} is usual", rate=rate, usual=usual)


def letters_in(text: str) -> float:
    """Return how many letters are to be said, by what a character of each script holds."""
    return sum(LETTERS.get(script_of(character), 1.0) for character in characters(text))


def _centre(logs: Sequence[float]) -> tuple[float, float]:
    middle = float(np.median(logs))
    sd = max(TO_SD * float(np.median(np.abs(np.array(logs) - middle))), 0.05) if len(logs) >= FEW else float("inf")
    return middle, sd
