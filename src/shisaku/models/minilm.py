"""all-MiniLM-L6-v2 (int8 weights) on onnxruntime: English texts to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shisaku.models.roles import Vectors
from shisaku.models.text_graph import TextGraph, unit

NAME = "minilm-l6"
WIDTH = 384
MAX_TOKENS = 256
BATCH = 32


class MiniLm:
    """TextEmbedder: one 384-d unit vector per text, longer texts cut at 256 tokens.

    Mean over tokens, then L2 (Reimers & Gurevych 2019). The weights are int8 but the arithmetic is
    float32, so neighbours in a batch change a vector by rounding only (below 1e-6).
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        self._graph = TextGraph(NAME, local, threads, max_tokens=MAX_TOKENS, batch=BATCH)
        self.backend = self._graph.backend

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return [n, 384] unit rows."""
        return self._graph.rows([(text,) for text in texts], _mean, WIDTH)


def _mean(hidden: Vectors, mask: npt.NDArray[np.int64]) -> Vectors:
    return unit(np.einsum("bsd,bs->bd", hidden, mask.astype(np.float32)) / mask.sum(axis=1, keepdims=True))
