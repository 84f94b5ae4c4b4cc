"""When two texts say the same in nearly the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.learn.minhash import Banded, alike
from shisaku.message import Message, say
from shisaku.ops.alike.likeness import Likeness, Near
from shisaku.ops.limits import part_names, within
from shisaku.ops.reading import text_of
from shisaku.stats.shingles import jaccard, shingles


@dataclass(frozen=True)
class Wording(Likeness):
    """Two texts are alike if their sets of shingles have a Jaccard index of `near` or more, counted and not estimated.

    Texts with less than `fewest` shingles are not compared: short texts repeat by nature.
    """

    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}

    text: str = "caption"
    near_from: float = 0.6
    words: int = 3
    characters: int = 5
    fewest: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(text=self.text)
        within("near_from", self.near_from, 0.5, 1.0)
        within("words", self.words, 1, 20)
        within("characters", self.characters, 1, 50)
        within("fewest", self.fewest, 1, 1000)

    @property
    def limit(self) -> float:
        """Share of shingles that may differ."""
        return 1.0 - self.near_from

    def read(self, sample: Sample) -> Any:
        """Return the shingles, or None for a text too short to compare."""
        found = shingles(text_of(sample, self.text), self.words, self.characters)
        return found if found.size >= self.fewest else None

    def extent(self, sample: Sample) -> float:
        """Return the characters of the text."""
        return float(len(text_of(sample, self.text)))

    def index(self, prints: Sequence[Any]) -> Any:
        """Return the sets; their bands are sorted when others are looked up."""
        return Banded.of(prints), prints

    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return the pairs that share a band of their signatures and whose Jaccard index is large enough."""
        banded, held = index
        i, j = banded.alike(prints)
        return self._checked(prints, held, i, j)

    def pairs(self, prints: Sequence[Any]) -> Near:
        """Return the near pairs, i < j; only texts that share a band with any other are looked at."""
        return self._checked(prints, prints, *alike(prints))

    def _checked(self, prints: Sequence[Any], held: Sequence[Any], i: Any, j: Any) -> Near:
        apart = np.array([1.0 - jaccard(prints[a], held[b]) for a, b in zip(i, j, strict=True)], np.float64)
        same = apart <= self.limit + 1e-9
        return i[same], j[same], apart[same]

    def told(self, distance: float) -> Message:
        """Say which share of the shingles they have in common."""
        return say("{share:.0%} of their word sequences are the same", share=1.0 - distance)
