"""Names of speakers and utterances that Kaldi's tools accept."""

from __future__ import annotations

import re
from collections.abc import Sequence

SEPARATOR = "-"
SPACE = re.compile(r"[\s=]")
# What sorts before the separator, or is it, could put the utterances of one speaker between those of another.
UNSAFE = re.compile(r"[\x00-\x2d\s=]")
Name = tuple[str, str]


def names(known: Sequence[tuple[str, str]]) -> list[Name]:
    """Return (speaker, utterance) for every (id, group): no white space, every utterance another one.

    An utterance begins with its speaker, and both orders agree in the C locale, as validate_data_dir.sh wants it.
    Ids and groups stay as they are where that is possible.
    """
    found = _named(known, SPACE)
    # Python sorts by code point, which is the order of UTF-8 bytes and so the C locale's.
    if [utterance for _, utterance in sorted(found)] == sorted(utterance for _, utterance in found):
        return found
    return _named(known, UNSAFE)


def _named(known: Sequence[tuple[str, str]], unfit: re.Pattern[str]) -> list[Name]:
    found: list[Name] = []
    taken: set[str] = set()
    for id_, group in known:
        speaker = unfit.sub(_escaped, group or id_)
        own = SPACE.sub(_escaped, id_.removeprefix(group + SEPARATOR))
        utterance = speaker if group in ("", id_) else f"{speaker}{SEPARATOR}{own}"
        while utterance in taken:
            utterance += f"{SEPARATOR}2"
        taken.add(utterance)
        found.append((speaker, utterance))
    return found


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"={byte:02x}" for byte in match.group().encode())
