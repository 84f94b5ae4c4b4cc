"""How close two texts are, by a cross-encoder: a proxy for a judge, that knows no rubric."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.message import say
from shisaku.models.ask import Answer, Ask


class ClosenessJudge:
    """Judge: the chance, by the logistic of a cross-encoder's logit, that the second text part answers the first."""

    backend = "cross-encoder closeness (ms-marco MiniLM); follows no rubric"

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return ``{"score": share}`` as text for each ask with two texts."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        from shisaku.models.loading import load

        texts = [ask.sample.parts[name].text for name in ask.parts if ask.sample.parts[name].kind == "text"]
        if len(texts) != 2:
            return Failure(say("The embedded judge compares two texts"))
        logit = float(load("pair_judge").judge_pairs([(texts[0], texts[1])])[0])
        return Part.from_text(json.dumps({"score": round(1.0 / (1.0 + math.exp(-logit)), 6)}))
