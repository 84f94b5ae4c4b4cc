"""What to do with a modality when the user has said nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shisaku.core.sample import Kind


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual ops of one modality: how a study sees it, how it is varied, how it is measured."""

    kind: Kind
    embed: str
    vary: str
    measure: str = ""
    embed_params: Mapping[str, Any] = field(default_factory=dict)


USUAL: Mapping[Kind, Usual] = {
    "image": Usual("image", "image.embed", "image.classical", "image.visual_quality"),
    "audio": Usual("audio", "audio.embed", "audio.classical"),
    "text": Usual("text", "text.embed", "text.classical"),
}
ORDER: tuple[Kind, ...] = ("image", "audio", "text")
# Cosine above which two items of a class are near-duplicates. Data of one kind (digits, one product) is alike
# throughout: at 0.90 two thirds of the digits of examples/digits chain into groups of up to 37 of 400, so where a
# fifth of a class would become one group, the level is raised.
NEAR, CHAIN = 0.90, 0.2
NOT_ENGLISH: Mapping[str, Any] = {"model": "char_ngrams"}


def usual(kind: Kind, lang: str = "") -> Usual:
    """Return the usual ops; texts that are not English are seen by character n-grams, as MiniLM reads English only."""
    found = USUAL[kind]
    if kind == "text" and lang not in ("", "en"):
        return Usual(found.kind, found.embed, found.vary, found.measure, NOT_ENGLISH)
    return found


def main_kind(modalities: Mapping[str, int]) -> Kind:
    """Return the modality that a first study looks at where there are several."""
    return next((kind for kind in ORDER if modalities.get(kind)), "text")
