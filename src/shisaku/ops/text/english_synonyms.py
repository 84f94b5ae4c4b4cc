"""Synonyms of an English word in its most frequent sense, in the form that the word has."""

from __future__ import annotations

import re

from shisaku.models.wordnet import Sense, WordNet
from shisaku.models.wordnet_forms import Forms
from shisaku.ops.text.english_words import FUNCTION, Word

PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*")
RARER = 0.1  # a word met less than a tenth as often in this sense (missive for letter) is not what people write
UNTAGGED = 0.5  # what the first sense weighs where nobody tagged the word; later ones weigh less


def synonyms(word: Word, net: WordNet, forms: Forms, dominance: float) -> dict[str, float]:
    """Return synonyms, each with how often it was tagged in this sense; none unless both words mostly mean it.

    Only single words in lower case: of the words of the synset, those for which it is at least the share `dominance`
    of all uses, that are not far rarer in it than the word itself, and whose form is known for sure.
    """
    senses = net.senses(word.base, word.part)
    if not senses or _share(senses, senses[0]) < dominance:
        return {}
    found: dict[str, float] = {}
    for other in net.words(senses[0]):
        if other == word.base or other in FUNCTION or not PLAIN.fullmatch(other):
            continue
        own = net.senses(other, word.part)
        count = sum(sense.count for sense in own if sense.offset == senses[0].offset)
        form = forms.form(other, word.part, word.form)
        if form and count and count >= RARER * senses[0].count and _share(own, senses[0]) >= dominance:
            found[form] = float(count)
    return found


def cased_like(new: str, old: str) -> str:
    """Return a word with the capital of the word it stands for."""
    return new[0].upper() + new[1:] if old[0].isupper() else new


def _share(senses: tuple[Sense, ...], meant: Sense) -> float:
    weights = {sense.offset: sense.count + UNTAGGED / (place + 1) ** 2 for place, sense in enumerate(senses)}
    return weights.get(meant.offset, 0.0) / sum(weights.values()) if weights else 0.0
