"""BLEU of a text against all others of a pool: how much of it the others say as well."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ORDER = 4
Gram = tuple[str, ...]
Grams = tuple[Counter[Gram], ...]


def grams_of(tokens: Sequence[str], order: int = ORDER) -> Grams:
    """Return the counts of the n-grams of a text, for n = 1 to `order`."""
    return tuple(Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)) for n in range(1, order + 1))


def bleu(matches: Sequence[int], totals: Sequence[int], length: int, closest: int) -> float:
    """Return BLEU in [0, 1] of one sentence from its clipped matches and n-grams by order (Papineni et al., ACL 2002).

    As sacrebleu computes a sentence: the brevity penalty is that of the reference nearest in length, orders that the
    sentence has no n-gram of are left out, and an order without a match counts 1 / 2^k of one at its k-th time
    (Chen and Cherry, WMT 2014, their smoothing 3). Without one word in common it is 0.
    """
    if not totals or not totals[0] or not matches[0]:
        return 0.0
    logs, halvings = [], 1.0
    for match, total in zip(matches, totals, strict=True):
        if not total:
            break
        halvings *= 1.0 if match else 2.0
        logs.append(math.log(match / total if match else 1.0 / (halvings * total)))
    brevity = 1.0 if length >= closest else math.exp(1.0 - closest / length)
    return brevity * math.exp(sum(logs) / len(logs))


@dataclass(frozen=True)
class Pool:
    """Texts to compare with: of every n-gram its largest two counts and whose the first is; how many of each length."""

    best: dict[Gram, tuple[int, int, int]]
    lengths: Counter[int]
    places: frozenset[int]

    @classmethod
    def of(cls, texts: Sequence[Grams], places: Sequence[int]) -> Pool:
        """Collect the texts at these places; a text is later compared with all of them but itself."""
        best: dict[Gram, tuple[int, int, int]] = {}
        for place in places:
            for counts in texts[place]:
                for gram, count in counts.items():
                    first, whose, second = best.get(gram, (0, -1, 0))
                    best[gram] = (count, place, first) if count > first else (first, whose, max(second, count))
        return cls(best, Counter(texts[place][0].total() for place in places), frozenset(places))

    def bleu(self, grams: Grams, place: int) -> float:
        """Return BLEU of the text at `place` against all others of the pool."""
        length = grams[0].total()
        own = place in self.places
        others = [held for held, n in self.lengths.items() if n > (own and held == length)]
        if not others:
            return 0.0
        closest = min(others, key=lambda held: (abs(held - length), held))
        matches = [sum(min(n, self._most(gram, place)) for gram, n in counts.items()) for counts in grams]
        return bleu(matches, [counts.total() for counts in grams], length, closest)

    def _most(self, gram: Gram, place: int) -> int:
        first, whose, second = self.best.get(gram, (0, -1, 0))
        return second if whose == place else first


def self_bleu(texts: Sequence[Grams], places: Sequence[int], others: int) -> npt.NDArray[np.float64]:
    """Return BLEU of each text at `places` against the first `others` of them, itself left out.

    Zhu et al. (SIGIR 2018, Texygen): every sentence against the rest as its references together, not one by one.
    """
    pool = Pool.of(texts, places[: others + 1])
    spare = Pool.of(texts, places[:others])
    return np.array([(pool if place in pool.places else spare).bleu(texts[place], place) for place in places])
