"""A text in sentences, and the sentences joined by pauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

# A stop of the West ends a sentence only before white space; one of the East does so by itself.
END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])(?![」』）])\s*")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a stop before no space ends none, signs alone are none."""
    found = [piece.strip() for piece in END.split(text)]
    return [piece for piece in found if any(sign.isalnum() for sign in piece)] or [text]


def joined(waves: Sequence[Wave], rate: int, pauses: Sequence[float]) -> Wave:
    """Return the waves one after another, with so many seconds of silence between each two."""
    pieces: list[Wave] = [waves[0]]
    for wave, pause in zip(waves[1:], pauses, strict=True):
        pieces += [np.zeros(round(pause * rate), dtype=np.float32), wave]
    return np.concatenate(pieces)
