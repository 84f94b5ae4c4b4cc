"""Say a Message in another language: gettext catalogues, read as they are written (``.po``, no compiled form)."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

from shisaku.errors import RecipeError, ShisakuError
from shisaku.message import Message, say

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
# A run may come from elsewhere: only plain names and short number formats are filled in, never attributes or
# indices, and no width that would blow a line up.
SAFE_FORMAT = re.compile(r"[+,]?[0-9]?[0-9]?,?(\.[0-9][0-9]?)?[a-z%]?")


@cache
def catalogue(lang: Language) -> Mapping[str, str]:
    """Return template -> translation of one language; empty for English, which the templates are written in."""
    if lang == "en":
        return {}
    from babel.messages.pofile import read_po

    place = resources.files("shisaku.report").joinpath("locale", lang, "LC_MESSAGES", "shisaku.po")
    with place.open("rb") as file:
        entries = read_po(file, locale=lang)
    return {str(e.id): str(e.string) for e in entries if e.id and e.string and not e.fuzzy}


def translated(template: str, lang: Language) -> str:
    """Return the template in that language, or as it is where nobody has translated it."""
    return catalogue(lang).get(template, template)


def translate(message: Message | Mapping[str, Any], lang: str, depth: int = 3) -> str:
    """Return a message (or its JSON form from a run) as a sentence in `lang`; never raises for a damaged one.

    Sentences may stand in sentences, `depth` levels of them: a run may come from elsewhere.
    """
    if not isinstance(message, Message):
        message = _read(message)
    message = Message(message.template, {name: _within(value, lang, depth) for name, value in message.values.items()})
    template = translated(message.template, known(lang))
    if not fillable(template, message.values):
        template = message.template
        if not fillable(template, message.values):
            return template
    try:
        return message.fill(template)
    except (ValueError, TypeError, KeyError, IndexError):
        return template


def _within(value: Any, lang: str, depth: int) -> Any:
    """Return a value; a sentence that is a value of another sentence is said in the same language."""
    if not isinstance(value, (Message, Mapping)):
        return value
    return translate(value, lang, depth - 1) if depth else "..."


def known(lang: str) -> Language:
    """Return the language if there is a catalogue for it, else English."""
    return "ja" if lang == "ja" else "en"


def fields(template: str) -> set[str]:
    """Return the names in braces. Raises ValueError if the braces do not match."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def fillable(template: str, values: Mapping[str, Any]) -> bool:
    """Whether the template asks only for values that are there, in formats that are harmless."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:
        return False
    return all(
        name is None or (name in values and not conversion and SAFE_FORMAT.fullmatch(spec or "") is not None)
        for _, name, spec, conversion in parsed
    )


def error_text(error: ShisakuError, lang: str) -> str:
    """Return an error as `str` gives it (where, what, next, each problem of a recipe), in `lang`."""
    lines = [f"{error.where}: {translate(error.what, lang)}" if error.where else translate(error.what, lang)]
    if error.next:
        lines.append(f"  -> {translate(error.next, lang)}")
    for problem in error.problems if isinstance(error, RecipeError) else ():
        place = translate(say("line {line}", line=problem.line), lang) + ": " if problem.line else ""
        where = f"{problem.path}: " if problem.path else ""
        hint = f" ({translate(problem.hint, lang)})" if problem.hint else ""
        lines.append(f"  - {place}{where}{translate(problem.what, lang)}{hint}")
    return "\n".join(lines)


def _read(raw: Mapping[str, Any]) -> Message:
    values = raw.get("values")
    kept = dict(values) if isinstance(values, Mapping) else {}
    return Message(str(raw.get("template", "")), kept)
