"""Whether two texts of a sample can say the same in two languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.ops.text.language import primary
from shisaku.stats.mad import mad_z

FEW = 20  # pairs: fewer have no usual ratio
LETTERS = 5  # fewer letters are a name or a number, the same in both languages
SPREAD = 1.0  # the least spread, in roots of characters


@dataclass(frozen=True)
class Parallel(Metric):
    """Score whether two texts of a sample, one said to be a translation of the other, fit in length and differ at all.

    After Gale and Church (1993): the length of `other` is compared with that of `text` times the usual ratio (the
    median), the difference divided by the root of the mean length, and its distance from the middle is given in
    robust standard deviations. That is `raw`; the score falls from 1 at 0 to 0 at twice `far`, and from
    `far` on it is an issue. Two texts with different language tags that are the same word for word (NFKC, any
    case, 5 letters or more) were not translated: score 0, an issue.

    What it finds: in captions and their Japanese translations (785 pairs, a fifth of them changed) translations made 10
    times as long in 80 %, 20 times in 99 %, 5 times in 44 %, 3 times in 7 %. Captions left untranslated in 95 %
    (the rest had fewer than 5 letters). False alarms: 8 of 785, of which the farthest leave out most of the
    caption.
    When it hurts: it compares lengths, not content: the translation of another sample passes if it is about as
    long. Names that are the same in both languages are called untranslated. Needs 20 pairs for a usual ratio.

    Example::

        - {name: translations, op: text.parallel, from: task, with: {text: caption, other: caption_ja}}
    """

    name: ClassVar[str] = "text.parallel"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text", "other": "text"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far"})

    text: str = "caption"
    other: str = "caption_ja"
    far: float = 4.0

    def __post_init__(self) -> None:
        part_names(text=self.text, other=self.other)
        within("far", self.far, 0.5, 100.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [length of the text, of the other, whether it was left untranslated]."""
        return dict(measurable(batch, self._seen))

    def _seen(self, sample: Sample) -> list[Any]:
        one, other = text_of(sample, self.text), text_of(sample, self.other)
        languages = {primary(sample.parts[name].lang) for name in (self.text, self.other)}
        same = len(languages - {""}) == 2 and _plain(one) == _plain(other) and sum(map(str.isalpha, one)) >= LETTERS
        return [len(one), len(other), same]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per pair, by sample id."""
        names = sorted(state)
        sizes = np.array([state[name][:2] for name in names], dtype=np.float64).reshape(-1, 2)
        ratio = float(np.median(sizes[:, 1] / sizes[:, 0])) if names else 1.0
        away = (sizes[:, 1] - ratio * sizes[:, 0]) / np.sqrt((ratio * sizes[:, 0] + sizes[:, 1]) / 2.0)
        distances = mad_z(away, SPREAD) if len(names) >= FEW else np.zeros(len(names))
        return [
            self._score(name, state[name], ratio, float(distance))
            for name, distance in zip(names, distances, strict=True)
        ]

    def _score(self, sample: str, entry: Sequence[Any], ratio: float, distance: float) -> Score:
        one, other, same = entry
        reason = self._reason(one, other, same, ratio, distance)
        value = 0.0 if same else 1.0 - min(1.0, abs(distance) / (2.0 * self.far))
        return Score(sample, self.name, value, distance, reason is not None, reason)

    def _reason(self, one: int, other: int, same: bool, ratio: float, distance: float) -> Message | None:
        if same:
            return say("both texts are the same: not translated")
        if abs(distance) < self.far:
            return None
        return say("{one} and {other} characters, where {ratio:.2f} to 1 is usual ({distance:+.1f} robust standard "
                   "deviations)", one=one, other=other, ratio=ratio, distance=distance)  # fmt: skip


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(".。．!?")
