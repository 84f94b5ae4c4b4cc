"""Embedder: a text as a vector."""

from __future__ import annotations

from typing import Final

import numpy as np

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.guard.call import Call, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Reply
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.envelope import vector
from shisaku.models.openai.exchange import Exchange
from shisaku.models.openai.shown import words_of
from shisaku.models.openai.usage import text_tokens
from shisaku.store.codecs import decode_vector, encode_vector

PATH: Final = "embeddings"
LONGEST: Final = 65_536  # numbers


class Embeddings(Exchange):
    """Embeds `ask.prompt`, or the first text among the parts.

    One text is one call: in a call of many, one refused text would cost the others, and what was paid for would hang
    on its neighbours.
    """

    def __init__(self, back_end: BackEnd, door: Door) -> None:
        super().__init__("embedder", back_end, door, PATH)

    def _call(self, ask: Ask) -> Call:
        text, leaves = words_of(ask)
        if not text.strip():
            raise DataError(say("There is nothing to embed: the text is empty"))
        body = {"encoding_format": "float", **self._params(), "input": text}
        units = Units(tokens_in=text_tokens(text), characters=len(text))
        return self._request(ask, PATH, [leaves], units, body=body)

    def _read(self, ask: Ask, reply: Reply) -> Answer:
        found = vector(reply)
        if isinstance(found, Failure):
            return found
        numbers = decode_vector(Part("embedding", found)) if isinstance(found, bytes) else _numbers(found)
        if not 0 < numbers.size <= LONGEST or not np.isfinite(numbers).all():
            return Failure(say("The embedding is empty, too long, or holds what is not a number"))
        return Part("embedding", encode_vector(numbers))


def _numbers(found: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    with np.errstate(over="ignore"):  # what is too large for float32 is infinite, and refused as such
        return np.array(found[: LONGEST + 1], np.float64).astype(np.float32)
