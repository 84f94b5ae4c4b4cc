"""A 26-style painting network on onnxruntime: it keeps shapes and changes texture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.graph import open_graph
from shisaku.models.roles import Pixels
from shisaku.models.weights import find_weights

NAME = "styletransfer-26"
STYLES = 26
MIN_SIDE = 32


class StyleTransfer26:
    """Painter: conditional instance normalisation with 26 learned styles (Dumoulin, Shlens & Kudlur 2017).

    Styles have numbers, not names: the weights came without names.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self.styles = tuple(f"style {number}" for number in range(STYLES))
        self._session: Any = open_graph(weights.read("multistyle26.onnx"), NAME, threads)

    def paint(self, image: Pixels, style: int) -> Pixels:
        """Return the RGB image [h, w, 3] in style 0 to 25, same size.

        Raises DataError if a side is below 32 pixels or there is no such style.
        """
        height, width = image.shape[:2]
        if not 0 <= style < STYLES:
            raise DataError(
                say("There is no style {style}", style=style),
                next=say("Styles are 0 to {last}", last=STYLES - 1),
            )
        if min(height, width) < MIN_SIDE:
            raise DataError(
                say("The image is too small to paint: {width} x {height} pixels", width=width, height=height),
                next=say("Give images of at least {side} pixels on each side", side=MIN_SIDE),
            )
        # the network halves the image twice: sides must be multiples of 4
        padded = np.pad(image, ((0, -height % 4), (0, -width % 4), (0, 0)), mode="reflect")
        chw = np.ascontiguousarray((padded.astype(np.float32) / 255.0).transpose(2, 0, 1)[None])
        chosen = np.zeros(STYLES, np.float32)
        chosen[style] = 1.0
        out = self._session.run(None, {"image": chw, "style_weights": chosen})[0][0]
        painted = out.transpose(1, 2, 0)[:height, :width]
        rounded: Pixels = (np.clip(painted, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
        return rounded
