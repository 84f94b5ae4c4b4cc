"""Captioner, rewriter, translator and judge: a model in a folder that writes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.instructions import language_answered
from shisaku.models.openai.structured import Broken, structured
from shisaku.models.openai.untrusted import as_text, excerpt
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.models.torch_local.text_model import TextModel, text_model
from shisaku.models.torch_local.told import Retry, told_of


class Writer(Resident):
    """Writes one text per ask. With `ask.schema` it is JSON that keeps the schema.

    Words are drawn row by row from the seed of each ask. An answer that does not keep its schema is repaired, then
    asked for once more with the error, then a Failure.
    """

    def _open(self) -> None:
        self._model: TextModel = text_model(self._role, self._folder, self._settings)

    def _answered(self, asks: Sequence[Ask]) -> list[Answer]:
        first = [self._heard(ask, one) for ask, one in zip(asks, super()._answered(asks), strict=True)]
        again = {place: one for place, one in enumerate(first) if isinstance(one, Retry)}
        made = [self._prepared(asks[place], partial(self._prepare, retry=one)) for place, one in again.items()]
        second = dict(zip(again, self._settled(made), strict=True))
        mended = {place: self._heard(asks[place], one) for place, one in second.items()}
        return [_final(mended.get(place, one)) for place, one in enumerate(first)]

    def _prepare(self, ask: Ask, retry: Retry | None = None) -> Item:
        inputs = self._model.inputs(told_of(self._role, ask, retry), ask)
        shapes = tuple((name, tuple(one.shape)) for name, one in inputs.items())
        return Item(ask, (shapes, self._model.forced(ask)), inputs)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        seeds = [item.ask.seed for item in items]
        rows = [item.inputs for item in items]
        texts = self._model.texts(rows, seeds, self._settings.warmth(self._role), items[0].ask)
        return [Part.from_text(text) for text in texts]

    def _heard(self, ask: Ask, answer: Answer) -> Answer | Retry:
        if isinstance(answer, Failure):
            return answer
        if ask.schema is None:
            return as_text(answer.text, language_answered(self._role, ask))
        found = structured(answer.text, ask.schema)
        return Retry(answer.text, found) if isinstance(found, Broken) else Part.from_text(found.text)


def _final(outcome: Answer | Retry) -> Answer:
    if not isinstance(outcome, Retry):
        return outcome
    start, error = excerpt(outcome.text), excerpt(outcome.broken.error)
    if outcome.broken.fault == "unparseable":
        return Failure(say("unparseable: no JSON in the answer, asked twice: {start}", start=start))
    return Failure(say("wrong schema: {error}, asked twice: {start}", error=error, start=start))
