"""Which stretches of a text no change may touch: numbers, negations, places to fill, label values, words named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shisaku.core.sample import Sample

NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen "
    "half first second third quarter once twice both all every each any some many few most several only single double"
)
NUMBER = re.compile(
    rf"[A-Za-z]*[0-9０-９][0-9A-Za-z０-９.,:/%％．，-]*|[〇零一二三四五六七八九十百千万億兆]+"
    rf"|\b(?:{'|'.join(NUMBER_WORDS.split())})\b",
    re.IGNORECASE,
)
ENGLISH_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|without|cannot|hardly|scarcely|barely|rarely|seldom|"
    r"lack\w*|fail\w*|absent|absence|free|except|unless|non-?\w+|un\w{3,}|\w+n['’]t|\w+less)\b",
    re.IGNORECASE,
)
JAPANESE_NEGATION = re.compile(
    "ではな|じゃな|な(?:い|く|かっ|けれ|さ)|ませ(?:ん|ぬ)|まい|ず(?=[にと、。]|$)|ざる|ぬ|なし|[無不非未否]"
)
PLACES = re.compile(r"https?://\S+|\S+@\S+|<[^>]*>|\{[^}]*\}|\[[^\]]*\]")


class Untouchable:
    """The stretches of one text that must stay as they are."""

    def __init__(self, text: str, words: Iterable[str] = (), *, negations: bool = True, numbers: bool = True) -> None:
        patterns = [PLACES, *([NUMBER] if numbers else [])]
        patterns += [ENGLISH_NEGATION, JAPANESE_NEGATION] if negations else []
        self._taken = [False] * len(text)
        for pattern in (*patterns, *map(_of_word, words)):
            for found in pattern.finditer(text):
                for place in range(*found.span()):
                    self._taken[place] = True

    def free(self, start: int, end: int) -> bool:
        """Whether no untouchable character lies in this stretch."""
        return not any(self._taken[start:end])


def protected_words(sample: Sample, protect: Sequence[str]) -> tuple[str, ...]:
    """Return the words named and those of the label values, each value whole and in its words."""
    values = [word for value in sample.labels.values() for word in (value, *re.split(r"[\W_]+", value))]
    return tuple(dict.fromkeys(word for word in (*protect, *values) if word.strip()))


def _of_word(word: str) -> re.Pattern[str]:
    # words of a script with spaces are guarded with their plural; in Japanese a word is where its characters are
    quoted = re.escape(word)
    if word.isascii():
        return re.compile(rf"(?<![A-Za-z0-9_]){quoted}(?:s|es)?(?![A-Za-z0-9_])", re.IGNORECASE)
    return re.compile(quoted, re.IGNORECASE)
