"""Saying an English text in other words by rule: another sentence frame, other function words. No language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.models.ask import Answer, Ask

BACKEND = "rule-based rewriter (sentence frames and function words)"

PHRASE_FRAMES = ("This is {}.", "Here is {}.", "It is {}.", "We see {}.", "The picture shows {}.")
ANY_FRAMES = ("In this picture: {}.", "In short: {}.", "To be seen here: {}.", "What it shows: {}.")
DETERMINERS = ("a", "an", "the", "some", "one", "two", "three", "many", "several")
VERBS = frozenset((
    "is", "are", "was", "were", "be", "has", "have", "had", "does", "do", "did",
    "can", "could", "will", "would", "may", "might", "must", "should", "isn't", "aren't", "it's",
    "there's", "that's", "runs", "sits", "stands", "flies", "eats", "makes", "lives", "swims", "goes",
))  # fmt: skip
# Function words that can stand for each other whatever is around them; content words are never touched.
SWAPS = (
    (r"it is", "it's"),
    (r"there is", "there's"),
    (r"is not", "isn't"),
    (r"are not", "aren't"),
    (r"do not", "don't"),
    (r"does not", "doesn't"),
    (r"cannot", "can't"),
    (r"next to", "beside"),
    (r"on top of", "upon"),
    (r"in order to", "to"),
    (r"an?(?! (?:lot|few|little|bit|couple|number|great|good|while|pair))(?= )", "one"),
    (r"within", "inside"),
    (r"toward", "towards"),
    (r"among", "amongst"),
)


class RuleRewriter:
    """Rewriter: knows no content word and touches none; reads the first part of an ask and not its prompt."""

    backend = BACKEND

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return the text of each ask in other words; other languages than English cannot be."""
        return [self._answer(ask) for ask in asks]

    def _answer(self, ask: Ask) -> Answer:
        part = ask.sample.parts[ask.parts[0]] if ask.parts else None
        if part is None or part.kind != "text":
            return Failure(say("The rule-based rewriter needs a text part"))
        if ask.schema is not None:
            return Failure(say("The rule-based rewriter cannot keep a schema: name a language model"))
        if part.lang.partition("-")[0] not in ("", "en"):
            return Failure(say("The rule-based rewriter reads English only, not {language}", language=part.lang))
        return Part.from_text(reworded(part.text, rng_for(ask.seed, "rule-rewriter", part.text)), "en")


def reworded(text: str, rng: np.random.Generator) -> str:
    """Return the text with some function words exchanged and, unless that was enough, in a frame."""
    swapped = _swap(text, rng)
    if swapped != text and rng.random() < 0.3:
        return swapped
    bare = swapped.rstrip(" .")
    if not bare:
        return text
    frames = PHRASE_FRAMES if is_noun_phrase(bare) else ANY_FRAMES
    framed = frames[int(rng.integers(len(frames)))].format(_lowered(bare))
    return framed[:-1] if bare[-1] in "!?" else framed


def is_noun_phrase(text: str) -> bool:
    """Whether a text looks like one noun phrase: a determiner first, no verb, one short clause."""
    words = re.findall(r"[\w'-]+", text.lower())
    if not 2 <= len(words) <= 6 or words[0] not in DETERMINERS or re.search(r"[.;:!?]", text):
        return False
    # "A dog runs": after a singular determiner a last word in -s is more likely its verb than a noun.
    looks_like_verb = words[0] in ("a", "an", "one") and re.search(r"[^s]s$", words[-1]) and len(words) > 2
    return not (looks_like_verb or VERBS & set(words))


def _swap(text: str, rng: np.random.Generator) -> str:
    for one, other in SWAPS:
        if rng.random() >= 0.5:
            continue
        found = re.search(rf"(?<![\w'-])(?:{one})(?![\w'-])", text, flags=re.IGNORECASE)
        if found:
            new = other.capitalize() if found.group()[0].isupper() else other
            text = text[: found.start()] + new + text[found.end() :]
    return text


def _lowered(text: str) -> str:
    """Lower the first letter where the first word is a determiner; a name keeps its capital."""
    first = text.split(" ", 1)[0].lower()
    return text[0].lower() + text[1:] if first in DETERMINERS else text
