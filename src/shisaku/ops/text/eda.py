"""Easy data augmentation: synonyms, insertions, swaps and deletions of words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.text.english_synonyms import cased_like
from shisaku.ops.text.synonym import choices_of, drawn_order, made_of
from shisaku.ops.text.untouchable import Untouchable, protected_words

WHO = "text.eda"
ACTIONS = ("synonyms", "insert", "swap", "delete")


@dataclass(frozen=True)
class Eda(Transform):
    """Change an English text by one of the four operations of EDA (Wei and Zou 2019), drawn evenly of those above 0.

    `synonyms`, `insert` and `swap` are the alpha of the paper: of n words, alpha times n (at least one) are replaced by
    a synonym; joined by a synonym of one of them at a random place; or exchanged in pairs. `delete` is the probability
    with which each word is lost; one always stays. Synonyms are those of `text.synonym` (most frequent sense, same
    form) without its guard. Beyond the paper: numbers, negations, words of label values and words in `protect` stay
    where they are and are neither replaced, moved nor lost. The fact ``eda`` names the operation.

    When it hurts: what comes out is often no sentence, by design; it is a regulariser for classifiers with few training
    texts (the paper: below some 500), and useless where word order or grammar matter (generation, speech, retrieval,
    entailment). A deleted word that is not protected can carry the label. English only: for other languages
    `text.classical` loses and swaps words without a thesaurus.

    Example::

        - {name: eda, op: text.eda, from: task, rounds: 4, with: {text: caption, synonyms: 0.1, delete: 0.1}}
    """

    name: ClassVar[str] = "text.eda"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    models: ClassVar[tuple[str, ...]] = ("wordnet",)
    makes: ClassVar[str] = "children"

    text: str = "caption"
    synonyms: float = 0.1
    insert: float = 0.1
    swap: float = 0.1
    delete: float = 0.1
    dominance: float = 0.65
    protect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part_names(text=self.text)
        for action in ACTIONS:
            within(action, getattr(self, action), 0.0, 1.0)
        within("dominance", self.dominance, 0.1, 1.0)
        object.__setattr__(self, "protect", tuple(self.protect))
        if not (self.synonyms or self.insert):
            object.__setattr__(self, "models", ())

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = english_of(sample, self.text, WHO)
        chosen = [action for action in ACTIONS if getattr(self, action)]
        action = chosen[int(rng.integers(len(chosen)))] if chosen else ""
        made = self._done(action, text, protected_words(sample, self.protect), rng)
        part = Part.from_text(made, "en")
        return sample.child(
            self.name, parts=inherited(sample, {self.text: part}), facts={"eda": action} if action else None
        )

    def _done(self, action: str, text: str, protected: tuple[str, ...], rng: np.random.Generator) -> str:
        if action in ("synonyms", "insert"):
            choices = list(choices_of(text, protected, self.dominance).items())
            number = max(1, round(getattr(self, action) * len(text.split())))
            drawn = [choices[place] for place in rng.permutation(len(choices))[:number]]
            if action == "synonyms":
                new = [
                    (*span, cased_like(drawn_order(weights, rng)[0], text[span[0] : span[1]]))
                    for span, weights in drawn
                ]
                return made_of(text, new)
            return _with(text, [drawn_order(weights, rng)[0] for _, weights in drawn], rng)
        if action == "swap":
            return _swapped(text, protected, max(1, round(self.swap * len(text.split()))), rng)
        return _fewer(text, protected, self.delete, rng) if action == "delete" else text


def _with(text: str, words: Sequence[str], rng: np.random.Generator) -> str:
    units = text.split()
    for word in words:
        units.insert(int(rng.integers(len(units) + 1)), word)
    return " ".join(units)


def _swapped(text: str, protected: tuple[str, ...], number: int, rng: np.random.Generator) -> str:
    units, free = _units(text, protected)
    if len(free) < 2:
        return text
    for _ in range(number):
        one, other = (free[place] for place in rng.choice(len(free), 2, replace=False))
        units[one], units[other] = units[other], units[one]
    return " ".join(units)


def _fewer(text: str, protected: tuple[str, ...], share: float, rng: np.random.Generator) -> str:
    units, free = _units(text, protected)
    lost = {place for place in free if rng.random() < share}
    if len(lost) == len(units):
        lost.discard(free[int(rng.integers(len(free)))])
    return " ".join(unit for place, unit in enumerate(units) if place not in lost)


def _units(text: str, protected: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """Return the words, and the places of those that may be moved or lost."""
    untouchable = Untouchable(text, protected)
    found = list(re.finditer(r"\S+", text))
    return [one.group() for one in found], [place for place, one in enumerate(found) if untouchable.free(*one.span())]
