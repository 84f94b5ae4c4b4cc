"""English word forms by WordNet's own lists of irregular forms, and by rule: from a form to its base, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from shisaku.models.wordnet import WordNet

BASE, PLURAL, THIRD, PAST, GERUND = "base", "plural", "third", "past", "gerund"
HISSING = ("s", "x", "z", "ch", "sh")
VOWELS = "aeiou"


class Forms:
    """What form of which word something is, and the same form of another word.

    Irregular forms are those of WordNet's exception lists; they tell the past from the participle of no verb, so a
    verb with irregular ones gets no past here (None), and a regular one serves as both.
    """

    def __init__(self, net: WordNet) -> None:
        self._net = net
        plurals = [(base, form) for form, base in net.irregular("n").items()]
        self._plurals = dict(reversed(plurals))
        self._verbs: dict[str, list[str]] = {}
        for form, base in net.irregular("v").items():
            self._verbs.setdefault(base, []).append(form)
        self.bases = lru_cache(4096)(self._bases)

    def _bases(self, word: str) -> tuple[tuple[str, str, str], ...]:
        """Return (base, part of speech, form) for every way to read a lower-case word."""
        found = [(word, part, BASE) for part in "nvar" if self._net.has(word, part)]
        for part, readings in (("n", self._noun(word)), ("v", self._verb(word))):
            found += [(base, part, form) for base, form in readings if self._net.has(base, part) and base != word]
        return tuple(dict.fromkeys(found))

    def form(self, base: str, part: str, form: str) -> str | None:
        """Return a word in that form, None where it is not known for sure."""
        if form == BASE:
            return base
        if part == "n":
            return self._plural(base)
        irregular = self._verbs.get(base, [])
        if form == GERUND:
            return next((one for one in irregular if one.endswith("ing")), None) or _gerund(base)
        if form == THIRD:
            return _with_s(base)
        listed = [one for one in irregular if not one.endswith("ing")]
        if any(not one.endswith("ed") for one in listed):
            return None
        return listed[0] if listed else _past(base)

    def _noun(self, word: str) -> Iterator[tuple[str, str]]:
        listed = self._net.irregular("n").get(word)
        if listed:
            yield listed, PLURAL
        elif word.endswith("men"):
            yield word[:-2] + "an", PLURAL
        elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
            yield from ((stem, PLURAL) for stem in _without_s(word))

    def _verb(self, word: str) -> Iterator[tuple[str, str]]:
        listed = self._net.irregular("v").get(word)
        if listed:
            yield listed, GERUND if word.endswith("ing") else PAST
        elif word.endswith("ing"):
            yield from ((stem, GERUND) for stem in (word[:-3], word[:-3] + "e"))
        elif word.endswith("ied"):
            yield word[:-3] + "y", PAST
        elif word.endswith("ed"):
            yield from ((stem, PAST) for stem in (word[:-2], word[:-1]))
        elif word.endswith("s") and not word.endswith("ss"):
            yield from ((stem, THIRD) for stem in _without_s(word))

    def _plural(self, base: str) -> str | None:
        if base in self._plurals:
            return self._plurals[base]
        last = re.split("[_-]", base)[-1]
        if last in self._plurals:
            return base[: len(base) - len(last)] + self._plurals[last]
        if last.endswith("man") and last not in ("man", "human", "german", "roman"):
            return base[:-2] + "en"
        # photos, but tomatoes: the lists name only some
        return None if re.search(r"[^aeiou]o$", base) else _with_s(base)


@cache
def forms_of(net: WordNet) -> Forms:
    """Return the forms of a WordNet, made once."""
    return Forms(net)


def _without_s(word: str) -> Iterator[str]:
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    elif word.endswith(tuple(ending + "es" for ending in HISSING)):
        yield from (word[:-2], word[:-1])
    elif word.endswith("oes"):
        yield word[:-2]
    else:
        yield word[:-1]


def _with_s(base: str) -> str:
    if base.endswith(HISSING) or re.search(r"[^aeiou]o$", base):
        return base + "es"
    return base[:-1] + "ies" if re.search(r"[^aeiou]y$", base) else base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    return base[:-1] + "ied" if re.search(r"[^aeiou]y$", base) else base + "ed"


def _gerund(base: str) -> str:
    if base.endswith("ie"):
        return base[:-2] + "ying"
    return (base[:-1] if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else base) + "ing"
