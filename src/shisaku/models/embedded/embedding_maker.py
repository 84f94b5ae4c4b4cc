"""Feature vectors of texts or images from an embedded network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.store.codecs import decode_image, encode_vector
from shisaku.store.white import over_white

SEES = ("efficientnet-lite0",)


class EmbeddingMaker:
    """Embedder: the first part of each ask as a vector; a network of images sees images, one of texts reads texts."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kind = "image" if name in SEES else "text"
        self.backend = name

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return one embedding per ask."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        from shisaku.models.loading import load

        part = next((ask.sample.parts[name] for name in ask.parts if ask.sample.parts[name].kind == self._kind), None)
        if part is None:
            return Failure(say("{model} needs a part of kind {kind}", model=self._name, kind=self._kind))
        try:
            content = over_white(decode_image(part)) if self._kind == "image" else part.text
        except (DataError, UnicodeDecodeError) as error:
            return Failure(error.what if isinstance(error, DataError) else say("The text is not UTF-8"))
        vector = load(self._name).embed([content])[0]
        return Part("embedding", encode_vector(np.asarray(vector, dtype=np.float32)))
