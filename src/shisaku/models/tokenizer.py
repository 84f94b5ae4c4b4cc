"""Opening a tokenizer file."""

from __future__ import annotations

from typing import Any

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.weights import Weights


def open_tokenizer(weights: Weights) -> Any:
    """Return the ``tokenizers.Tokenizer`` of a model; its `encode` may be called from many threads.

    Raises WeightsError if the file does not hold one.
    """
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(weights.read("tokenizer.json").decode())
    except Exception as error:  # the tokenizers library raises bare Exception
        raise WeightsError(
            say("The tokenizer of {model} cannot be read: {cause}", model=weights.name, cause=str(error)[:300]),
            where=str(weights.path("tokenizer.json")),
            next=say("Delete it and run `shisaku models pull {model}`", model=weights.name),
        ) from error
