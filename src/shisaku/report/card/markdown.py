"""The card for people: a datasheet (questions by life cycle) and a data card (the answers on a page), in Markdown.

The datasheet follows the sections of Gebru et al., Datasheets for Datasets, CACM 64(12), 2021; the data card keeps
the order of the record, with what is not known listed at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.message import Message, say
from shisaku.report.card.card import Card
from shisaku.report.card.fields import SECTIONS, Section
from shisaku.report.translate import translate

# The parts of a datasheet, and the sections of the record that answer them.
DATASHEET: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (say("Motivation"), ("identity", "layer", "kpi")),
    (say("Composition"), ("content", "splits", "personal", "bias")),
    (say("Collection process"), ("sources",)),
    (say("Preprocessing, cleaning and labelling"), ("annotation", "synthetic", "quality")),
    (say("Uses"), ("utility", "use", "verification")),
    (say("Distribution"), ("cost",)),
    (say("Maintenance"), ("maintenance",)),
)
BY_NAME = {section.name: section for section in SECTIONS}


def datasheet(card: Card, lang: str) -> str:
    """Return the datasheet: every question, those without an answer too."""
    lines = [f"# {_say(say('Datasheet of {name}', name=card.name), lang)}", ""]
    for title, names in DATASHEET:
        lines += [f"## {_say(title, lang)}", ""]
        for name in names:
            lines += _section(card, BY_NAME[name], lang, level=3)
    return "\n".join(lines)


def data_card(card: Card, lang: str) -> str:
    """Return the data card: what is known, then a list of what is not."""
    lines = [f"# {_say(say('Data card of {name}', name=card.name), lang)}", ""]
    for section in SECTIONS:
        if any(f"{section.name}.{key}" in card.values for key in section.fields):
            lines += _section(card, section, lang, level=2, holes=False)
    lines += [f"## {_say(say('What nobody has said yet'), lang)}", ""]
    for section in SECTIONS:
        missing = [label for key, label in section.fields.items() if f"{section.name}.{key}" not in card.values]
        if missing:
            lines.append(f"- **{_say(section.title, lang)}**: {', '.join(_say(label, lang) for label in missing)}")
    return "\n".join([*lines, ""])


def _section(card: Card, section: Section, lang: str, level: int, holes: bool = True) -> Iterator[str]:
    yield f"{'#' * level} {_say(section.title, lang)}"
    yield ""
    for key, label in section.fields.items():
        full = f"{section.name}.{key}"
        if full in card.values:
            stated = f" ({_say(say('stated by a person'), lang)})" if full in card.stated else ""
            yield f"- **{_say(label, lang)}**{stated}: {_told(card.values[full], lang)}"
        elif holes:
            yield f"- **{_say(label, lang)}**: {_say(say('not known'), lang)}"
    yield ""


def _told(value: Any, lang: str, depth: int = 1) -> str:
    if isinstance(value, Message):
        return _plain(translate(value, lang))
    start = f"\n{'  ' * depth}- "
    if isinstance(value, Mapping):
        return "".join(f"{start}{_plain(str(key))}: {_told(item, lang, depth + 1)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "".join(f"{start}{_told(item, lang, depth + 1)}" for item in value)
    return _plain(str(value))


def _say(message: Message, lang: str) -> str:
    return _plain(translate(message, lang))


def _plain(text: str) -> str:
    """Return text on one line in which Markdown and HTML see nothing of theirs: names come from the data."""
    text = " ".join(text.split())
    for character in "\\`*_[]<>#|":
        text = text.replace(character, f"\\{character}" if character != "<" else "&lt;")
    return text
