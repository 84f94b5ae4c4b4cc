"""ms-marco-MiniLM-L-12-v2 (int8) on onnxruntime: a cross-encoder that reads two English texts together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shisaku.models.roles import Vectors
from shisaku.models.text_graph import TextGraph

NAME = "reranker-minilm"
MAX_TOKENS = 512
# activations are quantised by the range of a whole batch: neighbours would change a pair's score
BATCH = 1


class RerankerMiniLm:
    """PairJudge: the logit that the second text answers the first (Nogueira & Cho 2019), about -11 to 11.

    Trained on web queries and passages: the first text is read as the query, so the order matters. Pairs go
    through one by one, so a score does not depend on its neighbours. Pairs above 512 tokens are cut.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        self._graph = TextGraph(NAME, local, threads, max_tokens=MAX_TOKENS, batch=BATCH)
        self.backend = self._graph.backend

    def judge_pairs(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """Return [n] logits, higher is better."""
        return self._graph.rows(pairs, _logits, 1)[:, 0]


def _logits(logits: Vectors, mask: npt.NDArray[np.int64]) -> Vectors:
    return logits
