"""Embedder: a text, picture or recording as a vector, by an encoder in a folder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.torch_local.one_tower import OneTower
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.models.torch_local.two_towers import TwoTowers, is_towers
from shisaku.store.codecs import encode_vector


class FolderEmbedder(Resident):
    """Embeds the first part of a kind that the model knows, else `ask.prompt`; every vector has length 1.

    Of two towers (CLIP) pictures and texts get vectors that can be compared. What is too long for the model is cut.
    """

    def _open(self) -> None:
        two = is_towers(self._folder.about, self._settings.task)
        self._model = (TwoTowers if two else OneTower)(self._folder, self._settings)

    def _prepare(self, ask: Ask) -> Item:
        parts = (ask.sample.parts[name] for name in ask.parts)
        part = next((one for one in parts if one.kind in self._model.kinds), None)
        if part is None and ask.prompt and "text" in self._model.kinds:
            part = Part.from_text(ask.prompt)
        if part is None:
            kinds = ", ".join(self._model.kinds)
            raise DataError(say("{model} needs a part of kind {kind}", model=self._name, kind=kinds))
        if part.kind == "text" and not part.text.strip():
            raise DataError(say("There is nothing to embed: the text is empty"))
        inputs = self._model.inputs(part)
        return Item(ask, tuple((name, tuple(one.shape)) for name, one in inputs.items()), inputs)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        found = self._model.vectors([item.inputs for item in items])
        vectors = np.asarray(found.cpu().numpy(), np.float32)
        return [
            Part("embedding", encode_vector(row))
            if np.isfinite(row).all()
            else Failure(say("The embedding is empty, too long, or holds what is not a number"))
            for row in vectors
        ]
