"""Pictures painted anew in one of 26 learned styles. It needs a picture: nothing here paints from words alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.core.seed import rng_for
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.roles import Painter, Pixels
from shisaku.store.codecs import decode_image, encode_image
from shisaku.store.white import over_white

MODEL = "styletransfer-26"
LEAST_SIDE, LARGEST_SIDE = 224, 1024


class StylePainter:
    """Painter: the picture of an ask in a style drawn by its seed; what the prompt says is not painted."""

    backend = "style transfer (26 learned styles); paints no words"

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return each picture restyled; an ask without a picture, or with a mask, cannot be answered."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        from shisaku.models.loading import load

        part = next((ask.sample.parts[name] for name in ask.parts if ask.sample.parts[name].kind == "image"), None)
        if part is None or "mask" in ask.options:
            return Failure(
                say("The embedded painter paints pictures anew, neither words nor a part of one: name a painting model")
            )
        painter = load(MODEL)
        style = int(rng_for(ask.seed, "style-painter", part.digest).integers(len(painter.styles)))
        try:
            return Part("image", encode_image(painted(painter, over_white(decode_image(part)), style)))
        except DataError as error:
            return Failure(error.what)


def painted(painter: Painter, image: Pixels, style: int) -> Pixels:
    """Return `image` in a style, painted with a shorter side of at least `LEAST_SIDE` pixels; the size stays."""
    import cv2

    height, width = image.shape[:2]
    factor = min(LEAST_SIDE / min(height, width), LARGEST_SIDE / max(height, width))
    if factor <= 1.0:
        return painter.paint(image, style)
    larger = cv2.resize(image, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_CUBIC)
    made = painter.paint(np.asarray(larger, dtype=np.uint8), style)
    return np.asarray(cv2.resize(made, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
