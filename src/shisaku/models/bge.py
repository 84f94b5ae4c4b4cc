"""bge-small-en-v1.5 (int8) on onnxruntime: a second opinion on English texts, of another family than MiniLM."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shisaku.models.roles import Vectors
from shisaku.models.text_graph import TextGraph, unit

NAME = "bge-small-en"
WIDTH = 384
MAX_TOKENS = 512
# activations are quantised by the range of a whole batch: neighbours would change a text's vector
BATCH = 1


class BgeSmallEn:
    """TextEmbedder: one 384-d unit vector per text, longer texts cut at 512 tokens.

    State of the first token, then L2 (Xiao et al. 2023). Texts go through one by one, so a vector does not
    depend on its neighbours at all. Unrelated texts still have a cosine of about 0.4: compare, do not threshold.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        self._graph = TextGraph(NAME, local, threads, max_tokens=MAX_TOKENS, batch=BATCH)
        self.backend = self._graph.backend

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return [n, 384] unit rows."""
        return self._graph.rows([(text,) for text in texts], _first, WIDTH)


def _first(hidden: Vectors, mask: npt.NDArray[np.int64]) -> Vectors:
    return unit(hidden[:, 0])
