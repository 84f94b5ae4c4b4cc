"""Whether a made picture shows writing that real pictures of its class do not show."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.stats.proportions import clopper_pearson

FEW = 20  # real pictures of a class: fewer say nothing about it, and all real pictures speak for it
EXAMPLES = 20
Words = Counter[str]


@dataclass(frozen=True)
class UnwantedText(Metric):
    """Score a made picture by the letters in it that real pictures of its class do not have.

    It compares what `privacy.read_text` (PP-OCRv6) wrote down for made and for real pictures. Words that are read in a
    real picture of the class are wanted: `raw` is the number of letters and digits in all others. How many letters in
    words of its own a real picture of the class has, is measured on the real pictures, each against the rest; the limit
    is the smallest number that `share` of them stay under, and at least `least`. From the limit on it is an issue; the
    score is 1 / (1 + raw / limit). `label` names the class (empty: the only label, or none); a class with under 20 real
    pictures is judged by all of them. A text that is misread is another word, so a class with much lettering has a
    high limit, which is the honest one.

    What it finds: two words of five letters or so written into photographs (25 planted), against 50 real ones: with
    letters 12 pixels high and above recall 0.80, 6 pixels 0.72, 4 pixels 0.24; but 6 % false alarms (3 of 50), so this
    is no limit at 5 %. Few real pictures make a coarse limit: one in twenty of 50 is two or three pictures.
    When it hurts: lettering that belongs to a class (a shop sign, a truck) differs from picture to picture and passes
    only as far as the real pictures have as much of it. Writing that no reader can read, as painters like to make it,
    counts only where some letters are read into it.

    Example::

        - {name: lettering, op: image.unwanted_text, from: made_read, reference: real_read, with: {text: read}}
    """

    name: ClassVar[str] = "image.unwanted_text"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"least", "share"})

    text: str = "read"
    label: str = ""
    least: int = 5
    share: float = 0.95

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("least", self.least, 1, 100_000)
        within("share", self.share, 0.5, 0.999)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return ``of``: sample id -> [class, letters, words], ``real``: class -> letters of each real picture, sorted.

        Raises RecipeError without a reference whose pictures were read.
        """
        read = [(label_or_none(one, self.label), words) for one, words in self._read(reference or ())]
        if not read:
            raise RecipeError(
                say("{op} needs a reference of real pictures that were read, with the text {part}",
                    op=self.name, part=self.text),
                next=say("Read them by privacy.read_text, and give that stream as `reference:`"),
            )  # fmt: skip
        classes = Counter(name for name, _ in read)
        known = {name for name, n in classes.items() if n >= FEW}
        seen = {name: _seen([words for own, words in read if name in ("", own)]) for name in ("", *known)}
        own = {name: sorted(_letters(words, seen[name], 1) for other, words in read if name in ("", other))
               for name in seen}  # fmt: skip
        found = {one.id: (label_or_none(one, self.label), words) for one, words in self._read(batch)}
        placed = {sample: (name if name in known else "", words) for sample, (name, words) in found.items()}
        return {
            "of": {sample: [name, _letters(words, seen[name], 0), " ".join(_strange(words, seen[name], 0))[:80]]
                   for sample, (name, words) in placed.items()},
            "real": own,
        }  # fmt: skip

    def _read(self, samples: Sequence[Sample]) -> list[tuple[Sample, Words]]:
        texts = measurable(samples, lambda one: words_in(text_of(one, self.text, may_be_empty=True)))
        return [(one, texts[one.id]) for one in samples if one.id in texts]

    def merge(self, a: State, b: State) -> State:
        """Join what was read; the real pictures are the same on both sides."""
        return {"of": {**a["of"], **b["of"]}, "real": {**a["real"], **b["real"]}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        limits = {name: self._limit(letters) for name, letters in state["real"].items()}
        made = []
        for sample, (name, letters, shown) in sorted(state["of"].items()):
            issue = letters >= limits[name]
            reason = say(
                "{n} letters that real pictures of its class do not show (limit {limit}): {words}",
                n=letters, limit=limits[name], words=shown,
            )  # fmt: skip
            value = 1.0 / (1.0 + letters / limits[name])
            made.append(Score(sample, self.name, value, float(letters), issue, reason if issue else None))
        return made

    def _limit(self, letters: Sequence[int]) -> int:
        place = math.ceil(self.share * len(letters)) - 1
        return max(self.least, int(np.sort(letters)[place]) + 1)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share of pictures with such text, with its exact interval (95 %)."""
        scores = self.scores(state)
        if not scores:
            return []
        having = sorted((one for one in scores if one.issue), key=lambda one: (-one.raw, one.sample))
        low, high = clopper_pearson(len(having), len(scores))
        what = say("{n} of {of} pictures show writing that real ones of their class do not",
                   n=len(having), of=len(scores))  # fmt: skip
        weight: Weight = "warn" if low > 1.0 - self.share else "note"
        then = say("Ask the painter for pictures without text, or drop these") if having else None
        named = tuple(one.sample for one in having[:EXAMPLES])
        return [Finding(self.name, what, weight, len(having) / len(scores), low, high, len(scores), then, named)]


def words_in(text: str) -> Words:
    """Return the words of a text in lower case, NFKC, with how often they stand there; letters and digits alone."""
    return Counter(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower()))


def _seen(read: Sequence[Words]) -> Counter[str]:
    """Return in how many pictures each word was read."""
    return Counter(word for words in read for word in words)


def _strange(words: Words, seen: Counter[str], own: int) -> list[str]:
    return [word for word in words if seen[word] <= own]


def _letters(words: Words, seen: Counter[str], own: int) -> int:
    return sum(len(word) * words[word] for word in _strange(words, seen, own))
