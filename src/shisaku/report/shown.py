"""A sample, or some of its parts, in the form the page shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.store.exhibits import data_uri

if TYPE_CHECKING:
    from shisaku.core.sample import Sample

TEXT_CHARS = 400
MEDIA = re.compile(r"data:(image/jpeg|audio/mpeg|audio/wav);base64,[A-Za-z0-9+/=]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """One sample as the page shows it; images and sounds are data URIs."""

    id: str
    label: str
    images: Sequence[str]
    sounds: Sequence[str]
    texts: Sequence[str]

    @property
    def size(self) -> int:
        """Characters that its media add to the page."""
        return sum(len(uri) for uri in (*self.images, *self.sounds))


def shown(id: str, label: str, uris: Sequence[str], texts: Sequence[str]) -> Shown:
    """Sort media into images and sounds; what is not a data URI of a kind we write is left out."""
    media = [uri for uri in uris if MEDIA.fullmatch(uri)]
    images = [uri for uri in media if uri.startswith("data:image/")]
    sounds = [uri for uri in media if uri not in images]
    return Shown(id, label, images, sounds, [text[:TEXT_CHARS] for text in texts if text])


def shown_parts(sample: Sample, names: Sequence[str]) -> Shown:
    """Return some parts of a sample; one that cannot be decoded is left out."""
    parts = [sample.parts[name] for name in names]
    texts = [part.data.decode("utf-8", "replace") for part in parts if part.kind == "text"]
    uris = [data_uri(part) for part in parts if part.kind in ("image", "audio")]
    return shown(sample.id, ", ".join(sample.labels.values()), uris, texts)
