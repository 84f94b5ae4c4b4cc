"""Japanese text cut into morphemes by SudachiPy (the optional extra ``ja``)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.language import language_of
from shisaku.ops.reading import part_of, text_of

LONGEST = 49_000  # bytes that Sudachi takes at once

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A morpheme with where it stands; `part` is UniDic's four levels, `kind` and `form` say how it is conjugated."""

    start: int
    end: int
    text: str
    part: tuple[str, ...]
    kind: str
    form: str
    base: str
    normal: str
    reading: str
    known: bool

    @property
    def pos(self) -> str:
        """The first level of the part of speech."""
        return self.part[0]


def japanese_of(sample: Sample, name: str, who: str) -> str:
    """Return a Japanese text. Raises DataError for any other language."""
    text = text_of(sample, name)
    language = language_of(part_of(sample, name, "text"))
    if language != "ja":
        raise DataError(
            say(
                "{who} knows Japanese only, and text {part} is in language {language}",
                who=who,
                part=name,
                language=language or "?",
            )
        )
    return text


def morphemes(text: str) -> list[Morpheme]:
    """Return the morphemes of a text, in order. Raises DataError without the extra, and for very long texts."""
    if len(text.encode()) > LONGEST:
        raise DataError(say("The Japanese text is longer than {bytes} bytes", bytes=LONGEST))
    with _lock:  # a tokenizer may not be used by two threads at once
        return [_morpheme(one) for one in _tokenizer().tokenize(text)]


def _morpheme(one: Any) -> Morpheme:
    *part, kind, form = one.part_of_speech()
    names = (one.dictionary_form(), one.normalized_form(), one.reading_form())
    return Morpheme(one.begin(), one.end(), one.surface(), tuple(part), kind, form, *names, not one.is_oov())


@cache
def _tokenizer() -> Any:
    try:
        from sudachipy import Dictionary, SplitMode

        return Dictionary(dict="small").tokenizer(SplitMode.C)
    except ImportError as error:  # the dictionary, a package of its own, also raises this
        raise DataError(
            say(
                "Japanese is analysed with SudachiPy and its dictionary: run {command}",
                command="pip install 'shisaku[ja]'",
            )
        ) from error
