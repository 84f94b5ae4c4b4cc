"""PP-OCRv6 on onnxruntime: the text in a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.graph import open_graph
from shisaku.models.roles import Line, Pixels, Vectors
from shisaku.models.text_boxes import cut_out, text_boxes
from shisaku.models.weights import find_weights

NAME = "pp-ocr-v6-small"
SHORT_SIDE, LONG_SIDE = 736, 2000  # pixels: what lines are looked for in is made so large, and no larger
MULTIPLE = 32
HEIGHT, WIDTH = 48, 320  # of a line that is read; longer lines are wider
LONGEST = 3200
LEGIBLE = 0.5  # mean probability of the characters of a line


class PpOcr:
    """TextReader: PP-OCRv6 small (Paddle), 18 708 characters of Latin, Japanese, Chinese and others.

    Boxes by differentiable binarization, characters by greedy CTC, one line at a time: the same picture gives the
    same text. Lines that stand are laid down; text upside down is not read. On 62 pictures it gave the same text as the
    package rapidocr 3.10.0 with its direction classifier off in 57, and 98 % of the characters in all.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self._finder: Any = open_graph(weights.read("det.onnx"), NAME, threads)
        self._reader: Any = open_graph(weights.read("rec.onnx"), NAME, threads)
        self._characters = _characters(self._reader)

    def lines(self, image: Pixels) -> tuple[Line, ...]:
        """Return the lines that can be read, in reading order."""
        found = []
        for box in text_boxes(self._chances(image), image.shape[1], image.shape[0]):
            text, sure = self._read(cut_out(image, box))
            if text.strip() and sure >= LEGIBLE:
                corners = tuple((float(x), float(y)) for x, y in box)
                found.append(Line(text.strip(), sure, corners))
        return tuple(found)

    def _chances(self, image: Pixels) -> Vectors:
        import cv2

        height, width = image.shape[:2]
        factor = min(max(1.0, SHORT_SIDE / min(height, width)), LONG_SIDE / max(height, width))
        high, wide = (max(1, round(side * factor / MULTIPLE)) * MULTIPLE for side in (height, width))
        seen = _centred(cv2.resize(image[:, :, ::-1], (wide, high)))[None]
        chances: Vectors = self._finder.run(None, {"x": seen})[0][0, 0]
        return chances

    def _read(self, piece: Pixels) -> tuple[str, float]:
        """Return the text of one line and the mean probability of its characters."""
        import cv2

        wide = min(LONGEST, max(1, -(-HEIGHT * piece.shape[1] // piece.shape[0])))
        seen = np.zeros((1, 3, HEIGHT, max(WIDTH, wide)), np.float32)
        seen[0, :, :, :wide] = _centred(cv2.resize(piece[:, :, ::-1], (wide, HEIGHT)))
        return greedy(self._reader.run(None, {"x": seen})[0][0], self._characters)


def greedy(chances: Vectors, characters: tuple[str, ...]) -> tuple[str, float]:
    """Return the most probable text of [steps, 1 + characters] and the mean probability of its characters.

    Character 0 is the blank; one that goes on over several steps counts once, with its first step (CTC, Graves 2006).
    """
    best = chances.argmax(axis=1)
    new = (best > 0) & (best != np.concatenate([[-1], best[:-1]]))
    text = "".join(characters[code - 1] for code in best[new])
    return text, float(chances.max(axis=1)[new].mean()) if new.any() else 0.0


def _centred(image: npt.NDArray[Any]) -> Vectors:
    """Return uint8 [h, w, 3] as float32 [3, h, w] in [-1, 1]."""
    return np.ascontiguousarray((image.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1))


def _characters(session: Any) -> tuple[str, ...]:
    """Return the characters: they stand in the graph's own notes, one a line, and a space comes last."""
    told = session.get_modelmeta().custom_metadata_map.get("character", "")
    characters = (*told.split("\n"), " ")
    width = session.get_outputs()[0].shape[-1]
    if len(characters) + 1 != width:
        raise WeightsError(
            say("{model} knows {n} characters and answers with {width}", model=NAME, n=len(characters), width=width),
            where=NAME,
            next=say("Do not use this file"),
        )
    return characters
