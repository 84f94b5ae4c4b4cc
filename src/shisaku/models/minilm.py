"""all-MiniLM-L6-v2 (int8 weights) on onnxruntime: English texts to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.graph import open_graph
from shisaku.models.roles import Vectors
from shisaku.models.weights import find_weights

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
        from tokenizers import Tokenizer

        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} onnx"
        try:
            self._tokenizer = Tokenizer.from_str(weights.read("tokenizer.json").decode())
        except Exception as error:  # the tokenizers library raises bare Exception
            raise WeightsError(
                say("The tokenizer of {model} cannot be read: {cause}", model=NAME, cause=str(error)[:300]),
                where=str(weights.path("tokenizer.json")),
                next=say("Delete it and run `shisaku models pull {model}`", model=NAME),
            ) from error
        # the file pads every text to 128 tokens; here texts are padded to the longest of their batch
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._session: Any = open_graph(weights.read("model.onnx"), NAME, threads)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return [n, 384] unit rows."""
        ids = [self._tokenizer.encode(text).ids for text in texts]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        out = np.empty((len(texts), WIDTH), np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            out[chosen] = self._pooled([ids[i] for i in chosen])
        return out

    def _pooled(self, rows: list[list[int]]) -> Vectors:
        length = max(len(row) for row in rows)
        ids = np.zeros((len(rows), length), np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(["last_hidden_state"], feeds)[0]
        mean = np.einsum("bsd,bs->bd", hidden, mask.astype(np.float32)) / mask.sum(axis=1, keepdims=True)
        rows_out: Vectors = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return rows_out
