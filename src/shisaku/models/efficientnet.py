"""EfficientNet-Lite0 on onnxruntime: ImageNet features and logits."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.models.derived import derived
from shisaku.models.effnet_graph import SIZE, efficientnet_lite0_onnx
from shisaku.models.graph import open_graph
from shisaku.models.imagenet import class_names
from shisaku.models.roles import Pixels, Vectors
from shisaku.models.tensors import tensors_from
from shisaku.models.weights import Weights, find_weights
from shisaku.store.places import weights_dir

NAME = "efficientnet-lite0"
BATCH = 16
WRITER = 1  # goes up when the graph writer would write another graph


def prepare(image: Pixels) -> Vectors:
    """Return the network's input [3, 224, 224] of an RGB or RGBA image.

    Transparent pixels lie over white, the image is padded with white to a centred square, scaled with
    a bicubic filter, and (x - 127) / 128.
    """
    from PIL import Image

    picture = Image.fromarray(image)
    side = max(picture.size)
    square = Image.new("RGB", (side, side), (255, 255, 255))
    corner = ((side - picture.width) // 2, (side - picture.height) // 2)
    square.paste(picture.convert("RGB"), corner, picture.getchannel("A") if picture.mode == "RGBA" else None)
    if side != SIZE:
        square = square.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(((np.asarray(square, dtype=np.float32) - 127.0) / 128.0).transpose(2, 0, 1))


def graph_bytes(weights: Weights) -> bytes:
    """Return the ONNX file of the weights, converted once and kept in the cache with its hash."""

    def build() -> bytes:
        return efficientnet_lite0_onnx(tensors_from(weights.path("efficientnet-lite0.pth"), NAME))

    stem = f"{NAME}-{weights.fingerprint[:8]}.onnx"
    return derived(weights_dir() / "derived" / stem, f"{weights.fingerprint} {WRITER} onnx {version('onnx')}", build)


class EfficientNetLite0:
    """ImageEmbedder and ImageClassifier: 1280-d features and logits over the 1000 ImageNet classes.

    Batch size changes results by float rounding only (about 1e-5 of a logit).
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        self.classes = class_names()
        self._session: Any = open_graph(graph_bytes(weights), NAME, threads)

    def embed(self, images: Sequence[Pixels]) -> Vectors:
        """Return one row of 1280 pooled features (not normalised, >= 0) per image."""
        return self.see(images)[0]

    def logits(self, images: Sequence[Pixels]) -> Vectors:
        """Return [n, 1000] logits."""
        return self.see(images)[1]

    def see(self, images: Sequence[Pixels]) -> tuple[Vectors, Vectors]:
        """Return features and logits of one pass through the network."""
        features, logits = [np.empty((0, 1280), np.float32)], [np.empty((0, 1000), np.float32)]
        for start in range(0, len(images), BATCH):
            batch = np.stack([prepare(image) for image in images[start : start + BATCH]])
            feature, logit = self._session.run(["feature", "logits"], {"image": batch})
            features.append(feature)
            logits.append(logit)
        return np.concatenate(features), np.concatenate(logits)
