"""One text in both languages, the unit that the page is built of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from shisaku.message import Message, Value
from shisaku.report.translate import Language, translate


@dataclass(frozen=True, slots=True)
class Words:
    """A text in English and Japanese; on the page two spans, of which the reader sees one."""

    en: str
    ja: str

    def say(self, lang: Language) -> str:
        """Return the text in one language."""
        return self.ja if lang == "ja" else self.en

    def __str__(self) -> str:
        return self.en

    def __html__(self) -> str:
        if self.en == self.ja:
            return str(escape(self.en))
        return Markup('<span class="en" lang="en">{}</span><span class="ja" lang="ja">{}</span>').format(
            self.en, self.ja
        )


Piece = Words | Value


def words(message: Message | Mapping[str, Any]) -> Words:
    """Return a message, or its JSON form from a run, in both languages."""
    return Words(translate(message, "en"), translate(message, "ja"))


def _(template: str, **values: Piece) -> Words:
    """Return a literal template in both languages; a value that is itself `Words` goes in in each language's form."""
    return phrase(template, values)


def phrase(template: str, values: Mapping[str, Piece]) -> Words:
    """Return a template that a run holds in both languages, as `_` does with a literal."""
    return Words(_in("en", template, values), _in("ja", template, values))


def same(text: object) -> Words:
    """Return a text that is not translated: a name, a number, something the user wrote."""
    return Words(str(text), str(text))


def title_words(title: Mapping[str, Any], fallback: str) -> Words:
    """Return a recipe's title in both languages; one language stands in for the other, the name for both."""
    en = str(title.get("en") or title.get("ja") or fallback)
    return Words(en, str(title.get("ja") or en))


def _in(lang: Language, template: str, values: Mapping[str, Piece]) -> str:
    filled = {name: value.say(lang) if isinstance(value, Words) else value for name, value in values.items()}
    return translate(Message(template, filled), lang)
