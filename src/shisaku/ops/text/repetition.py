"""Whether a text says the same again and again."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.language import UNSPACED
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.ops.text.scripts import main_script

LINES, LINE_CHARS = 0.30, 0.20  # shares of repeated lines, and of characters in them
TOP = {2: 0.20, 3: 0.18, 4: 0.16}  # share of characters in the most frequent n-gram of words
DOUBLE = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}  # in n-grams that occur more than once
LEAST = 3  # occurrences of a top n-gram: in a short text every pair of words is a large share
RUN, RUN_SHARE = 5, 0.25  # one word so many times in a row, and the share of the text it makes
PACKED, PACKED_BYTES = 0.20, 400  # size after zlib, and from which length on it says something
MOST = 20_000  # characters that are looked at
WIDE = 2  # characters that stand for a word where words are not parted by spaces
WHAT = {
    "lines": say("repeated lines"),
    "line characters": say("characters in repeated lines"),
    "top": say("characters in the most frequent group of words"),
    "double": say("characters in groups of words that come again"),
    "run": say("one word many times in a row"),
    "packed": say("it packs to almost nothing"),
}


@dataclass(frozen=True)
class Repetition(Metric):
    """Score how little of a text is repetition.

    The rules are those of Gopher (Rae et al. 2021, table A1): the share of repeated lines (0.30) and of characters
    in them (0.20), of characters in the most frequent 2-, 3- and 4-gram of words (0.20, 0.18, 0.16; only if it occurs
    3 times, since in a short text any pair of words is a large share), and in 5- to 10-grams that occur more than
    once (0.15 to 0.10). Added for short texts: one word 5 times in a row that makes a quarter of the text, and for
    400 bytes or more a size after zlib under 0.20. Japanese, Chinese and Thai are cut into pairs of characters in
    the place of words. `raw` is the largest ratio of a share to its limit, the score falls from 1 at ratio 0 to 0 at
    ratio 2, and a ratio above `issue_above` is an issue. The first 20,000 characters are looked at.

    What it finds: a text said 5 times or more in a row, in 100 % of prompts in five languages and of English captions
    and 91 % of Japanese ones, 3 times in 55 to 96 %, twice in 17 to 56 %; a last word that sticks 5 times or more
    in 94 to 100 %, under that never. False alarms: 21 of 2,708 prompts, all of them menus that repeat themselves
    ("press 1 to ..., press 2 to ..."), none of 1,570 captions.
    When it hurts: lists, verse, songs, tables and counting are repetitive by nature. A sentence said twice in a
    long text passes.

    Example::

        - {name: repetition, op: text.repetition, from: task}
    """

    name: ClassVar[str] = "text.repetition"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above"})

    text: str = "caption"
    issue_above: float = 1.0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("issue_above", self.issue_above, 0.1, 10.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [largest ratio of a share to its limit, which rule, the share]."""
        return dict(measurable(batch, lambda sample: list(worst(text_of(sample, self.text)))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        return [
            Score(sample, self.name, 1.0 - min(1.0, ratio / 2.0), ratio, ratio > self.issue_above,
                  _reason(rule, share) if ratio > self.issue_above else None)
            for sample, (ratio, rule, share) in sorted(state.items())
        ]  # fmt: skip


def _reason(rule: str, share: float) -> Message:
    return say("Repetition: {what} ({share:.0%})", what=WHAT[rule], share=share)


def worst(text: str) -> tuple[float, str, float]:
    """Return the largest ratio of a share to its limit, its rule and the share; the text is not empty."""
    text = text[:MOST]
    words = words_of(text)
    found = [*_lines(text), *_top(words), *_double(words), _run(words), _packed(text)]
    return max(((share / limit, rule, share) for rule, share, limit in found), key=lambda one: (one[0], one[1]))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, or pairs of characters where words are not parted by spaces."""
    if main_script(text) in UNSPACED:
        plain = "".join(text.lower().split())
        return [plain[i : i + WIDE] for i in range(0, len(plain), WIDE)]
    return text.lower().split()


def _lines(text: str) -> list[tuple[str, float, float]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < LEAST:
        return []
    counts = Counter(lines)
    again = sum(count - 1 for count in counts.values())
    chars = sum((count - 1) * len(line) for line, count in counts.items())
    return [("lines", again / len(lines), LINES), ("line characters", chars / sum(map(len, lines)), LINE_CHARS)]


def _top(words: Sequence[str]) -> list[tuple[str, float, float]]:
    whole = sum(map(len, words))
    shares = []
    for n, limit in TOP.items():
        grams = Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
        gram, count = max(grams.items(), key=lambda one: (one[1] * sum(map(len, one[0])), one[0]), default=((), 0))
        if count >= LEAST:
            shares.append(("top", min(1.0, count * sum(map(len, gram)) / whole), limit))
    return shares


def _double(words: Sequence[str]) -> list[tuple[str, float, float]]:
    whole = sum(map(len, words))
    shares = []
    for n, limit in DOUBLE.items():
        seen: set[tuple[str, ...]] = set()
        again = [False] * len(words)
        for i in range(len(words) - n + 1):
            gram = tuple(words[i : i + n])
            if gram in seen:
                again[i : i + n] = [True] * n
            seen.add(gram)
        shares.append(("double", sum(len(w) for w, twice in zip(words, again, strict=True) if twice) / whole, limit))
    return shares


def _run(words: Sequence[str]) -> tuple[str, float, float]:
    whole, longest, begin = sum(map(len, words)), 0, 0
    for i, word in enumerate(words):
        begin = i if word != words[begin] else begin
        if i - begin + 1 >= RUN:
            longest = max(longest, (i - begin + 1) * len(word))
    return "run", longest / whole, RUN_SHARE


def _packed(text: str) -> tuple[str, float, float]:
    raw = text.encode()
    if len(raw) < PACKED_BYTES:
        return "packed", 0.0, 1.0 - PACKED
    saved = 1.0 - len(zlib.compress(raw, 6)) / len(raw)
    return "packed", saved if saved > 1.0 - PACKED else 0.0, 1.0 - PACKED
