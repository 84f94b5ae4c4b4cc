"""The caption law: what is said of a picture that is mirrored or turned is mended, or the sample refused."""

from __future__ import annotations

from typing import Any

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.directions import Change, changes, mended
from shisaku.ops.language import language_of
from shisaku.ops.reading import text_of

CAPTIONS = ("mend", "refuse", "keep")
KNOWN = ("", "en", "ja", "zh")


def caption_parts(sample: Sample, name: str, change: Change, law: str) -> dict[str, Part]:
    """Return the caption to write, none where nothing changes.

    Raises DataError where the caption would be false and cannot be mended, or may not be (`law`: refuse), where its
    language is not known, and where a label of the sample names a direction, as labels are not ours to change.
    """
    if law == "keep" or change == "none":
        return {}
    for key, label in sample.labels.items():
        if changes(label, change):
            raise DataError(say("Turned or mirrored, label {key} would be false: {label}", key=key, label=label))
    if name not in sample.parts:
        return {}
    text = text_of(sample, name, may_be_empty=True)
    part = sample.parts[name]
    if language_of(part) not in KNOWN:
        raise DataError(
            say(
                "Caption {part} is in language {language}, whose words for directions are not known",
                part=name,
                language=language_of(part),
            )
        )
    if not changes(text, change):
        return {}
    if law == "refuse":
        raise DataError(say("Turned or mirrored, caption {part} would be false", part=name))
    return {name: Part.from_text(mended(text, change), part.lang)}


def told_items(items: tuple[Any, ...], change: Change, law: str) -> tuple[Any, ...]:
    """Return objects with their labels mended. Raises DataError as `caption_parts` does."""
    if law == "keep" or change == "none":
        return items
    made = []
    for item in items:
        label = str(item.get("label", ""))
        if law == "refuse" and changes(label, change):
            raise DataError(say("Turned or mirrored, label {key} would be false: {label}", key="objects", label=label))
        made.append({**item, "label": mended(label, change)} if "label" in item else item)
    return tuple(made)
