"""Saying the same in other words, by rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import inherited, one_by_one

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


@dataclass(frozen=True)
class Reword(Transform):
    """Say an English text in other words by rule: another sentence frame, other function words.

    This is a rule-based rewriter, not a language model. It never touches a content word, so what the text
    says stays; it brings no new word for a thing either. Other languages than English fail with a reason.
    The new text stands in a child of the sample beside its other parts; with `rounds` there are several,
    drawn independently, so two of them may be the same.

    When it hurts: the frames are the same for every text, so a model may learn them. Retrieval trained on
    framed captions was no better than on the captions alone; use it as the weak baseline that a real
    rewriter has to beat.

    Example::

        - {name: reworded, op: text.reword, from: task, rounds: 3, with: {text: caption, write: reworded}}
    """

    name: ClassVar[str] = "text.reword"
    version: ClassVar[int] = 2
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    write: str = "reworded"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample, with the text said in other words."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = english_of(sample, self.text, BACKEND)
        part = Part.from_text(reworded(text, rng), "en")
        return sample.child(self.name, parts=inherited(sample, {self.write: part}))


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
