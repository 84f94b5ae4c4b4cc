"""The words of an English text, and which part of speech each has here as far as its neighbours tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.models.wordnet import WordNet
from shisaku.models.wordnet_forms import BASE, GERUND, PAST, Forms

WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
DETERMINERS = (
    "a an the this that these those my your his her its our their no another such what which whose of in on at with "
    "from by into near under over"
)
BEFORE_VERBS = "to will would can could may might must shall should i you we they who do does did don't doesn't didn't"
BE = "is are was were be been being am it's that's looks seems very too so quite more"
OTHERS = (
    "he she it him them me us and or but if then than as for not there here have has had having get gets got make "
    "makes made take takes took go goes went gone put puts give gives gave let up down out off about after before "
    "between through during again also just now how when where why while because own same left right per via like "
    "cut hit set shut hurt cost cast burst split spread quit read beat shed bet bid "  # one form for now and then
    "new old good bad red green blue yellow black white brown grey gray orange purple pink"
)
AFTER_DETERMINER, AFTER_SUBJECT, AFTER_BE = (frozenset(words.split()) for words in (DETERMINERS, BEFORE_VERBS, BE))
FUNCTION = AFTER_DETERMINER | AFTER_SUBJECT | AFTER_BE | frozenset(OTHERS.split())
SENTENCE_END = re.compile(r"(?:[!?:\n]|\b[a-z]{3,}\.)\s*$")  # "Ms." and "Prof." end none
LOOK_BACK = 40
CERTAIN = 0.9
LONGEST_COLLOCATION = 3


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: where it stands, as it is written, its base form, part of speech and form."""

    start: int
    end: int
    text: str
    base: str
    part: str
    form: str


def content_words(text: str, net: WordNet, forms: Forms) -> list[Word]:
    """Return the words whose part of speech is clear: no function words, names, colours, or parts of collocations.

    No tagger is at work: the word before it, its ending, and how often WordNet's readers tagged it as what decide.
    """
    found = list(WORD.finditer(text))
    spelled = [one.group().lower().replace("’", "'") for one in found]
    bound = _in_collocations(spelled, net, forms)
    words = []
    for place, one in enumerate(found):
        lower = spelled[place]
        starts = place == 0 or SENTENCE_END.search(text, max(0, one.start() - LOOK_BACK), one.start()) is not None
        if lower in FUNCTION or place in bound or len(lower) < 3 or not _plain(one.group(), starts):
            continue
        readings = forms.bases(lower)
        part = _part(readings, spelled, place, net)
        chosen = [reading for reading in readings if reading[1] == part]
        if len({reading[0] for reading in chosen}) == 1:
            words.append(Word(*one.span(), one.group(), *chosen[0]))
    return words


def _plain(word: str, starts_sentence: bool) -> bool:
    """Whether a word is no name and no abbreviation, going by its capitals."""
    return word.islower() or (starts_sentence and word[1:].islower())


def _in_collocations(words: Sequence[str], net: WordNet, forms: Forms) -> set[int]:
    bound: set[int] = set()
    for place in range(len(words)):
        for length in range(2, LONGEST_COLLOCATION + 1):
            some = words[place : place + length]
            ends = {some[-1], *(base for base, _, _ in forms.bases(some[-1]))}
            if len(some) == length and any(net.has("_".join((*some[:-1], end))) for end in ends):
                bound.update(range(place, place + length))
    return bound


def _part(readings: Sequence[tuple[str, str, str]], words: Sequence[str], place: int, net: WordNet) -> str:
    parts = {part for _, part, _ in readings}
    if len(parts) < 2:
        return next(iter(parts), "")
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    counts = {part: _count(readings, part, net) for part in parts}
    if before in AFTER_SUBJECT:
        return "v" if ("v" in parts and before != "to") or (("v", BASE) in {(p, f) for _, p, f in readings}) else ""
    if before in AFTER_DETERMINER and "v" in parts:
        parts -= {"v", "r"}
        if any(form in (PAST, GERUND) for _, _, form in readings):
            return ""
    if before in AFTER_DETERMINER and parts == {"n", "a"} and (not after or after in FUNCTION):
        return "n"
    if before in AFTER_BE and "a" in parts:
        return "" if any(form == PAST for _, _, form in readings) else "a"
    total = sum(counts[part] for part in parts)
    return next((part for part in sorted(parts) if counts[part] >= CERTAIN * total and total > 0), "") or (
        next(iter(parts)) if len(parts) == 1 else ""
    )


def _count(readings: Sequence[tuple[str, str, str]], part: str, net: WordNet) -> int:
    bases = {base for base, one, _ in readings if one == part}
    return sum(sense.count for base in bases for sense in net.senses(base, part))
