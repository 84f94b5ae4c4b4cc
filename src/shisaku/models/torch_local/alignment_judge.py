"""How well a picture and a text fit each other, by a model with a tower for each: a proxy, that knows no rubric."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shisaku.core.sample import Part
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.shown import one_of
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.models.torch_local.two_towers import TwoTowers


class AlignmentJudge(Resident):
    """Judge: the cosine of the vectors of the first picture and the first text, as ``{"score": cosine}``.

    It is CLIPScore without its scale and floor (Hessel et al. 2021, arXiv 2104.08718), and reads no prompt.
    """

    def _open(self) -> None:
        self._model = TwoTowers(self._folder, self._settings)

    def _prepare(self, ask: Ask) -> Item:
        parts = [ask.sample.parts[one_of(ask.sample, ask.parts, kind)] for kind in ("image", "text")]
        inputs = [self._model.inputs(part) for part in parts]
        shape = tuple((name, tuple(tensor.shape)) for one in inputs for name, tensor in one.items())
        return Item(ask, shape, inputs)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        images, texts = zip(*(item.inputs for item in items), strict=True)
        image, text = self._model.vectors(images), self._model.vectors(texts)
        scores = (image * text).sum(dim=-1).cpu().tolist()
        return [Part.from_text(json.dumps({"score": round(score, 6)})) for score in scores]
