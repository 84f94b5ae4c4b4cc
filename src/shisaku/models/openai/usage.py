"""The most that a request can use up, known before it is sent."""

from __future__ import annotations

import math
from typing import Final

from shisaku.core.back_end import BackEnd

OVERHEAD: Final = 64  # tokens of the chat template, generously
PATCH: Final = 14  # pixels; the smallest patch of the vision encoders in use becomes one token
IMAGE_FRAME: Final = 85  # tokens that an image costs beside its patches
SOUND_TOKENS: Final = 50  # a second; the densest audio encoder in use gives 25
DEFAULT_OUT: Final = 1024
PAINTED: Final = 6240  # tokens of the largest picture that is charged by tokens


def text_tokens(*texts: str) -> int:
    """Return an upper bound: no byte-level vocabulary makes more tokens than there are bytes."""
    return OVERHEAD + sum(len(text.encode()) for text in texts)


def image_tokens(width: int, height: int, back_end: BackEnd) -> int:
    """Return the tokens of one image: `params.image_tokens` where the user knows better."""
    told = back_end.params.get("image_tokens")
    return int(told) if told is not None else IMAGE_FRAME + math.ceil(width / PATCH) * math.ceil(height / PATCH)


def sound_tokens(seconds: float) -> int:
    """Return an upper bound of the tokens of a recording."""
    return math.ceil(seconds * SOUND_TOKENS)


def answer_tokens(back_end: BackEnd) -> int:
    """Return the longest answer that is asked for."""
    params = back_end.params
    return int(params.get("max_completion_tokens") or params.get("max_tokens") or DEFAULT_OUT)


def charged_by_tokens(back_end: BackEnd) -> bool:
    """Whether tokens cost money there: else those of pictures and recordings are counted as what they are."""
    return bool(back_end.prices.tokens_in or back_end.prices.tokens_out)
