"""What mirroring or turning a picture does to the words for directions in a text about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image import direction_words as words

Change = Literal["none", "mirror", "upend", "turn"]

_PAIRS = {**words.SIDES, **words.ENDS, **words.HANDS}
_ANTI = {f"{start}clockwise": "clockwise" for start in ("counter", "counter-", "anti-")}
OPPOSITE: Final = {**{new: old for old, new in _PAIRS.items()}, **_PAIRS, **_ANTI}
AMBIGUOUS = ("left", "right", "top", "bottom")
TURNED = 45.0  # degrees: up to here what was left is still more left than up or down

# Which words change into their opposite, and which make it unknown what is true now. A right hand stays one when it
# is turned, and turns into a left one when its picture is upended, while "on the right" does just the opposite.
SWAPPED: Final[dict[Change, tuple[re.Pattern[str], ...]]] = {
    "none": (),
    "mirror": (words.SIDE_WORD, words.HAND_WORD),
    "upend": (words.END_WORD, words.HAND_WORD),
    "turn": (),
}
UNKNOWN: Final[dict[Change, tuple[re.Pattern[str], ...]]] = {
    "none": (),
    "mirror": (),
    "upend": (words.SIDE_WORD, words.VAGUE_ENDS),
    "turn": (words.SIDE_WORD, words.END_WORD, words.HAND_WORD, words.VAGUE_ENDS),
}


def change_of(flipped: bool, upended: bool, degrees: float) -> Change:
    """Return what a picture undergoes as far as words for directions go."""
    if abs(degrees) > TURNED or (flipped and upended):
        return "turn"
    return "mirror" if flipped else "upend" if upended else "none"


def mended(text: str, change: Change) -> str:
    """Return `text` with the directions that the change turns round. Raises DataError where that cannot be told."""
    innocent = [match.span() for match in words.INNOCENT.finditer(text)]
    swapped = _found(text, SWAPPED[change], innocent)
    taken = [*innocent, *(match.span() for match in swapped)]
    for match in _found(text, UNKNOWN[change], taken):
        raise DataError(say("The picture is turned, and nobody can tell what becomes of: {word}", word=match.group()))
    made, end = [], 0
    for match in swapped:
        if match.group().lower() in AMBIGUOUS and not _is_place(text, match.start()):
            raise DataError(
                say("Nobody can tell whether it is a direction that the flip turns round: {word}", word=match.group())
            )
        made += [text[end : match.start()], _opposite(match)]
        end = match.end()
    return "".join([*made, text[end:]])


def changes(text: str, change: Change) -> bool:
    """Say whether there is a word in `text` that the change may make false."""
    innocent = [match.span() for match in words.INNOCENT.finditer(text)]
    return bool(_found(text, (*SWAPPED[change], *UNKNOWN[change]), innocent))


def _found(text: str, patterns: Sequence[re.Pattern[str]], without: Sequence[tuple[int, int]]) -> list[re.Match[str]]:
    matches = (match for pattern in patterns for match in pattern.finditer(text))
    free = (match for match in matches if not any(start <= match.start() < end for start, end in without))
    return sorted(free, key=lambda match: match.start())


def _is_place(text: str, at: int) -> bool:
    # From every start anew: the words around one direction may belong to the next one too ("top right corner").
    starts = (words.PLACE.search(text, start) for start in range(max(0, at - 16), at + 1))
    return any(match is not None and match.start() <= at < match.end() for match in starts)


def _opposite(match: re.Match[str]) -> str:
    word = match.group()
    first = next((group for group in match.groups() if group), word)
    other = OPPOSITE[first.lower()]
    if word.isupper() and len(word) > 1:
        return (other + word[len(first) :]).upper()
    return (other.capitalize() if word[0].isupper() else other) + word[len(first) :]
