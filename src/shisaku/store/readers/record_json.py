"""A sample without its media as one JSON object, and back: how formats with a free field carry all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from shisaku.core.sample import KINDS, UNKNOWN, Kind, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.reader import RawPart, Record

FIELD = "shisaku"  # the name of the column, key or member that holds it
SCHEMA = 2
WORDS = ("text", "table")  # kinds whose source is the thing itself; all others are files


def to_json(sample: Sample) -> dict[str, Any]:
    """Return everything about `sample` but the content of its parts."""
    return {
        "schema": SCHEMA,
        "id": sample.id,
        "labels": dict(sample.labels),
        "group": sample.group,
        "licence": sample.licence,
        "consent": sample.consent,
        "facts": dict(sample.facts),
        "parents": list(sample.parents),
        "depth": sample.depth,
        "parts": {
            name: {"kind": part.kind, "uri": part.uri, "lang": part.lang, "span": part.span, "clock": part.clock}
            for name, part in sample.parts.items()
        },
    }


def record_from_json(about: Any, content: Mapping[str, Any]) -> Record:
    """Return the Record of such an object; `content` maps part names to their sources (as in `RawPart`).

    The object comes from a file and is not trusted. Raises DataError where it is not such an object, or names a
    part that has no content.
    """
    try:
        parts = {str(name): _part(name, held, content) for name, held in about["parts"].items()}
        return Record(
            id=_word(about["id"]),
            parts=parts,
            labels=_words(about.get("labels", {})),
            group=_word(about.get("group", "")),
            licence=_word(about.get("licence", UNKNOWN)),
            consent=_word(about.get("consent", UNKNOWN)),
            facts=_words(about.get("facts", {})),
            parents=tuple(_word(parent) for parent in about.get("parents", ())),
            depth=int(about.get("depth", 0)),
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise DataError(
            say("The record that describes a sample is damaged: {cause}", cause=repr(error)[:120])
        ) from None


def _part(name: str, held: Mapping[str, Any], content: Mapping[str, Any]) -> RawPart:
    if held["kind"] not in KINDS:
        raise ValueError(f"kind {held['kind']}")
    span = held.get("span")
    times = None if span is None else (float(span[0]), float(span[1]))
    return RawPart(
        cast("Kind", held["kind"]), content[name], _word(held.get("lang", "")), times, _word(held.get("clock", ""))
    )


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _words(held: Any) -> dict[str, str]:
    return {_word(key): _word(value) for key, value in held.items()}
