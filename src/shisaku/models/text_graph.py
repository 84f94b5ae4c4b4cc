"""A tokenizer and a BERT graph on onnxruntime, texts in and one row of numbers per text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.models.graph import open_graph
from shisaku.models.roles import Vectors
from shisaku.models.tokenizer import open_tokenizer
from shisaku.models.weights import find_weights

# the graph's output [b, ...] and the mask [b, s] of its tokens to rows [b, width]
Pooling = Callable[[Vectors, npt.NDArray[np.int64]], Vectors]


class TextGraph:
    """Runs texts, or pairs of texts, through a graph with inputs `input_ids`, `attention_mask`, `token_type_ids`.

    Texts of like length share a batch of `batch` and are padded to the longest of it; texts above
    `max_tokens` are cut, the longer one of a pair first.
    """

    def __init__(self, name: str, local: Path | None, threads: int | None, *, max_tokens: int, batch: int) -> None:
        weights = find_weights(name, local)
        self.backend = f"{weights.label} onnx"
        self._tokenizer = open_tokenizer(weights)
        # some files pad every text to a fixed length; here texts are padded to the longest of their batch
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._session: Any = open_graph(weights.read("model.onnx"), name, threads)
        self._batch = batch

    def rows(self, texts: Sequence[tuple[str, ...]], pooled: Pooling, width: int) -> Vectors:
        """Return [n, width]; each of `texts` is one text or a pair."""
        encoded = [self._tokenizer.encode(*text) for text in texts]
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        out = np.empty((len(texts), width), np.float32)
        for start in range(0, len(order), self._batch):
            chosen = order[start : start + self._batch]
            out[chosen] = self._run([encoded[i] for i in chosen], pooled)
        return out

    def _run(self, encoded: Sequence[Any], pooled: Pooling) -> Vectors:
        shape = (len(encoded), max(len(text.ids) for text in encoded))
        ids, mask, types = (np.zeros(shape, np.int64) for _ in range(3))
        for i, text in enumerate(encoded):
            length = len(text.ids)
            ids[i, :length], mask[i, :length], types[i, :length] = text.ids, 1, text.type_ids
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        return pooled(self._session.run(None, feeds)[0], mask)


def unit(rows: Vectors) -> Vectors:
    """Return the rows brought to length 1."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
