"""Classical noise in texts: lost and swapped words, slips of the key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import UNSPACED, language_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import part_of, text_of


@dataclass(frozen=True)
class Classical(Transform):
    """Drop and swap words and make typing errors: the baseline for every generated text.

    Each word is lost with probability `drop`, each neighbouring pair swapped with probability `swap`, and
    each character inside a word lost, doubled or swapped with the next with probability `noise`. In
    languages without spaces (Japanese, Chinese, Thai) the units are characters. At least one unit stays
    and the language tag is kept.

    When it hurts: a lost or moved word can turn the meaning ("not broken" becomes "broken"). Keep `drop`
    small where labels hang on single words.

    Example::

        - {name: noisy, op: text.classical, from: task, rounds: 3, with: {text: caption, drop: 0.1}}
    """

    name: ClassVar[str] = "text.classical"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    drop: float = 0.1
    swap: float = 0.1
    noise: float = 0.02

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("drop", self.drop, 0.0, 0.9)
        within("swap", self.swap, 0.0, 1.0)
        within("noise", self.noise, 0.0, 0.5)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one changed child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text, part = text_of(sample, self.text), part_of(sample, self.text, "text")
        if language_of(part) in UNSPACED:
            made = "".join(swapped(kept(list(text), self.drop, rng), self.swap, rng))
        else:
            words = swapped(kept(text.split(), self.drop, rng), self.swap, rng)
            made = " ".join(mistyped(word, self.noise, rng) for word in words)
        return sample.child(self.name, parts=inherited(sample, {self.text: Part.from_text(made, part.lang)}))


def kept(units: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    """Lose each unit with probability `share`; the last one standing stays."""
    draws = rng.random(len(units))
    left = [unit for unit, draw in zip(units, draws, strict=True) if draw >= share]
    return left or [units[int(np.argmax(draws))]]


def swapped(units: Sequence[str], share: float, rng: np.random.Generator) -> list[str]:
    """Swap each unit with the next one with probability `share`."""
    units = list(units)
    for place in range(len(units) - 1):
        if rng.random() < share:
            units[place], units[place + 1] = units[place + 1], units[place]
    return units


def mistyped(word: str, share: float, rng: np.random.Generator) -> str:
    """Lose, double or swap each inner letter of a word with probability `share`; numbers stay as they are."""
    if len(word) < 4 or re.search(r"\d", word):
        return word
    made: list[str] = []
    for letter in word[1:-1]:
        if rng.random() >= share:
            made.append(letter)
            continue
        slip = int(rng.integers(3))
        if slip == 0:
            made.append(letter * 2)
        elif slip == 1 and made:
            made.insert(-1, letter)
    return word[0] + "".join(made) + word[-1]
