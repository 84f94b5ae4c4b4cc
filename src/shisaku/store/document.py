"""A document of texts and images in their order, as a table part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.sample import Part
from shisaku.message import Message, say

DOCUMENT = "document"  # the name of the part: [{"text": "..."} or {"image": name of a part}, ...]
Entry = Mapping[str, str]


def problem_of(entries: Any, parts: Mapping[str, Part]) -> Message | None:
    """Return why the entries are no document over these parts, or None."""
    if not isinstance(entries, list) or not entries:
        return say("There is neither a text nor an image")
    if not all(_is_entry(entry) for entry in entries):
        return say("An entry of the document is neither a text nor an image")
    images = [entry["image"] for entry in entries if "image" in entry]
    wrong = [name for name in images if name not in parts or parts[name].kind != "image" or images.count(name) > 1]
    return say("The document names {image}, which is no image or comes twice", image=wrong[0]) if wrong else None


def of_parts(parts: Mapping[str, Part]) -> list[dict[str, str]]:
    """Return the texts and images of a sample that has no document as one, in the order of its parts."""
    kept = {name: part for name, part in parts.items() if part.kind in ("text", "image")}
    return [{"text": part.text} if part.kind == "text" else {"image": name} for name, part in kept.items()]


def texts_and_images(entries: Sequence[Entry]) -> tuple[list[str | None], list[str | None]]:
    """Return two lists as long as the document, each with None where the other one has something (as OBELICS)."""
    return [entry.get("text") for entry in entries], [entry.get("image") for entry in entries]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or entry.keys() not in ({"text"}, {"image"}):
        return False
    return all(isinstance(value, str) for value in entry.values())
