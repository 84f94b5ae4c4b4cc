"""Do the dictionaries say what they said when they were pinned."""

from __future__ import annotations

from shisaku.message import Message, say
from shisaku.models.loading import load

CAR = {"car", "auto", "automobile", "machine", "motorcar"}
EXPLAIN, EXPOUND = "説明", "解説"


def thesaurus_check() -> tuple[bool, Message]:
    """Check WordNet: the words of the first sense of "car"."""
    net = load("thesaurus")
    found = net.words(net.senses("car", "n")[0])
    return set(found) == CAR, say("car: {words}", words=", ".join(found))


def japanese_thesaurus_check() -> tuple[bool, Message]:
    """Check EDICT: a word whose glosses are those of another."""
    found = load("japanese_thesaurus").synonyms(EXPLAIN)
    return EXPOUND in found, say("{word}: {words}", word=EXPLAIN, words=", ".join(found))
