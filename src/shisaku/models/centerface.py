"""CenterFace on onnxruntime: where in a picture there are faces."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.derived import derived
from shisaku.models.graph import open_graph
from shisaku.models.roles import Face, Pixels, Vectors
from shisaku.models.weights import Weights, find_weights
from shisaku.store.places import weights_dir

NAME = "centerface"
WRITER = 1  # goes up when the graph writer would write another graph
INPUT, OUTPUTS = "input.1", ("537", "538", "539")  # heat, size, offset; the landmarks (540) are not asked for
CELL = 4  # pixels of the input under one place of the heat map
MULTIPLE = 32
OVERLAP = 0.3
LEAST = 0.3  # heat below which nothing is a face


class CenterFace:
    """FaceFinder: an anchor-free network of 7 MB (Xu et al. 2019), trained on the faces of WIDER FACE.

    It finds faces from about 30 pixels on, turned to the camera or half to the side; the same picture gives the same
    faces.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self._session: Any = open_graph(_graph_bytes(weights), NAME, threads)

    def faces(self, image: Pixels) -> tuple[Face, ...]:
        """Return the faces, surest first."""
        import cv2

        height, width = image.shape[:2]
        high, wide = (max(1, -(-side // MULTIPLE)) * MULTIPLE for side in (height, width))
        seen = cv2.resize(image, (wide, high)).astype(np.float32).transpose(2, 0, 1)[None]
        heat, sizes, offsets = self._session.run(OUTPUTS, {INPUT: np.ascontiguousarray(seen)})
        boxes, scores = boxes_at(heat[0, 0], sizes[0], offsets[0])
        boxes *= np.array([width / wide, height / high] * 2, np.float32)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), LEAST, OVERLAP) if len(boxes) else []
        order = sorted(np.ravel(kept).astype(int).tolist(), key=lambda i: -scores[i])
        return tuple(_face(boxes[i], float(scores[i])) for i in order)


def boxes_at(heat: Vectors, sizes: Vectors, offsets: Vectors) -> tuple[Vectors, Vectors]:
    """Return boxes [n, 4] (left, top, width, height in pixels of the input) and their scores [n].

    `heat` is [h, w], `sizes` (logarithms) and `offsets` are [2, h, w], vertical first, all in cells.
    """
    rows, columns = np.nonzero(heat > LEAST)
    high, wide = np.exp(sizes[:, rows, columns]) * CELL
    down, right = offsets[:, rows, columns]
    left = (columns + right + 0.5) * CELL - wide / 2
    top = (rows + down + 0.5) * CELL - high / 2
    return np.stack([left, top, wide, high], axis=1).astype(np.float32), heat[rows, columns]


def _face(box: Vectors, sure: float) -> Face:
    left, top, width, height = (float(side) for side in box)
    return Face(left, top, width, height, sure)


def _graph_bytes(weights: Weights) -> bytes:
    """Return the graph without the 32 pixels a side that the packaged one asks of pictures."""

    def build() -> bytes:
        import onnx

        try:
            graph = onnx.load_model_from_string(weights.read("centerface.onnx"))
        except Exception as error:  # protobuf raises classes of its own
            raise WeightsError(
                say("{model} is not a graph that onnxruntime can run: {cause}", model=NAME, cause=str(error)[:300]),
                where=str(weights.path("centerface.onnx")),
                next=say("Do not use this file"),
            ) from error
        known = {tensor.name for tensor in graph.graph.initializer}
        inputs = [value for value in graph.graph.input if value.name not in known]
        del graph.graph.input[:]
        graph.graph.input.extend(inputs)
        for value in (*graph.graph.input, *graph.graph.output):
            sizes = value.type.tensor_type.shape.dim
            for place, side in ((0, "n"), (2, "h"), (3, "w")):
                sizes[place].dim_param = f"{side}_{value.name}"
        return bytes(graph.SerializeToString())

    stem = f"{NAME}-{weights.fingerprint[:8]}.onnx"
    return derived(weights_dir() / "derived" / stem, f"{weights.fingerprint} {WRITER} onnx {version('onnx')}", build)
