"""How surprising the characters of a text are to a model of all the other texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PRIOR = (1.0, 3.0, 2.0)  # weight of the shorter history against what was counted, by length of the n-gram
TRIMMED = 0.3


@dataclass(frozen=True, slots=True)
class Counts:
    """How often every 1-, 2- and 3-gram of characters occurs."""

    by_length: tuple[Counter[str], Counter[str], Counter[str]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Counts:
        """Count the n-grams of all texts, each marked at both ends."""
        counts: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
        for text in texts:
            for n, one in enumerate(counts, 1):
                one.update(_grams(text, n))
        return cls(counts)

    def bits(self, text: str, counted: bool = True) -> float:
        """Return the mean surprise of a text in bits per character, itself left out where it was counted.

        A 3-gram model that falls back on the 2-gram and that on the 1-gram, each with a fixed weight (a Dirichlet
        prior: MacKay and Peto 1995).
        """
        own = Counts.of([text] if counted else []).by_length
        ones, twos, threes = (_Without(*pair) for pair in zip(self.by_length, own, strict=True))
        size = self.by_length[0].total() - own[0].total()
        kinds = len(self.by_length[0]) + 1
        found = []
        for gram in _grams(text, 3):
            one = (ones[gram[2]] + PRIOR[0]) / (size + PRIOR[0] * kinds)
            two = (twos[gram[1:]] + PRIOR[1] * one) / (ones[gram[1]] + PRIOR[1])
            found.append((threes[gram] + PRIOR[2] * two) / (twos[gram[:2]] + PRIOR[2]))
        return float(-np.log2(found).mean())


@dataclass(frozen=True, slots=True)
class _Without:
    whole: Counter[str]
    own: Counter[str]

    def __getitem__(self, gram: str) -> int:
        return self.whole[gram] - self.own[gram]


def _grams(text: str, n: int) -> list[str]:
    marked = f"\x02{text}\x03"
    return [marked[i : i + n] for i in range(len(marked) - n + 1)]


def surprises(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the surprise of each text in bits per character.

    The model learns twice, from all texts and then without the most surprising 30 % of them, or many unreadable texts
    would teach it that they are usual.
    """
    counts = Counts.of(texts)
    first = np.array([counts.bits(text) for text in texts])
    kept = first <= np.quantile(first, 1.0 - TRIMMED)
    counts = Counts.of([text for text, one in zip(texts, kept, strict=True) if one])
    return np.array([counts.bits(text, bool(one)) for text, one in zip(texts, kept, strict=True)])
