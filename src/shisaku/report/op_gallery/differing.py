"""Two texts side by side: which words went and which came."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# A word, a character of a script that is written without spaces, white space, or any other sign.
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\s+|.")
LONGEST = 600

Mark = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is the same in both, gone, or new."""

    mark: Mark
    text: str


def pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts, cut off after 600 characters, in pieces that say what the other one does not have."""
    one, other = (TOKEN.findall(text[:LONGEST]) for text in (before, after))
    mine: list[Piece] = []
    theirs: list[Piece] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = one[a:b] == other[c:d]
        _add(mine, "same" if same else "gone", one[a:b])
        _add(theirs, "same" if same else "new", other[c:d])
    return mine, theirs


def _add(to: list[Piece], mark: Mark, tokens: Sequence[str]) -> None:
    if tokens:
        to.append(Piece(mark, "".join(tokens)))
