"""Texts beside what was heard: how many errors are usual, which are too many, and whose text fits better."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from shisaku.stats.auroc import Auroc, auroc, partners

AT_MOST = 0.5  # error rate; above, another text may fit better
CAP = 0.2  # share of a text that counts towards the usual rate, or twice the median: wrong texts make nothing usual
PRIOR = (2.0, 20.0)  # errors and words that stand for a recogniser nobody has measured yet
FITS_BETTER = 3.0  # times
LEAST_HEARD = 5  # characters: less fits many texts by chance
CANDIDATES = 20
GROUPS = 10  # fewer cannot bear an interval


@dataclass(frozen=True)
class Heard:
    """Texts `said` and `heard` of items, of one language, as plain words (`spaced`) or as characters."""

    ids: tuple[str, ...]
    entities: tuple[str, ...]
    said: tuple[str, ...]
    heard: tuple[str, ...]
    spaced: bool
    _known: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def errors(self, said: str, heard: str) -> tuple[int, int]:
        """Return (substitutions + deletions + insertions, length of `said`) in words or characters."""
        import jiwer

        if (said, heard) not in self._known:
            found = jiwer.process_words(said, heard) if self.spaced else jiwer.process_characters(said, heard)
            wrong = found.substitutions + found.deletions + found.insertions
            self._known[said, heard] = wrong, found.hits + found.substitutions + found.deletions
        return self._known[said, heard]

    def rate(self, said: str, heard: str) -> float:
        """Return the error rate."""
        wrong, n = self.errors(said, heard)
        return wrong / n

    def longer(self, said: str, heard: str) -> int:
        """Return the length of the longer one in words or characters: there cannot be more errors."""
        return max(len(text.split()) if self.spaced else len(text) for text in (said, heard))

    def units(self, text: str) -> list[str]:
        """Return what two texts may share: words, or pairs of characters."""
        return text.split() if self.spaced else [text[i : i + 2] for i in range(max(1, len(text) - 1))]

    @cached_property
    def where(self) -> dict[str, list[int]]:
        """Word -> places of the texts that have it."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, said in enumerate(self.said):
            for unit in sorted(set(self.units(said))):
                found[unit].append(place)
        return dict(found)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A text: its error `rate`, the `chance` of so many errors, and the place of the text that fits better, or -1."""

    rate: float
    chance: float
    other: int

    @classmethod
    def of(cls, heard: Heard, place: int, usual: float) -> Suspect:
        """Judge one text by the usual rate of errors."""
        from scipy.stats import binom

        said, told = heard.said[place], heard.heard[place]
        wrong, n = heard.errors(said, told)
        chance = float(binom.sf(wrong - 1, heard.longer(said, told), usual))
        return cls(wrong / n, chance, _better(heard, place) if wrong / n > AT_MOST else -1)


def usual_rate(heard: Heard) -> float:
    """Return the recogniser's own share of errors on these texts."""
    pairs = list(zip(heard.said, heard.heard, strict=True))
    wrong = np.array([heard.errors(*pair)[0] for pair in pairs], np.float64)
    n = np.array([heard.longer(*pair) for pair in pairs], np.float64)
    most = max(CAP, 2.0 * float(np.median(wrong / n)))
    return float((np.minimum(wrong, most * n).sum() + PRIOR[0]) / (n.sum() + PRIOR[1]))


def told_apart(heard: Heard, rng: np.random.Generator) -> Auroc | None:
    """Return how well error rates tell true pairs from those with the text of another item, None for too few."""
    several = len(set(heard.entities)) > 1
    others = partners(heard.entities if several else heard.ids, rng)
    places = [i for i, j in enumerate(others) if j >= 0 and heard.said[i] != heard.said[j]]
    if len(places) < 2:
        return None
    true = [-heard.rate(heard.said[i], heard.heard[i]) for i in places]
    wrong = [-heard.rate(heard.said[others[i]], heard.heard[i]) for i in places]
    units = heard.entities if len(set(heard.entities)) >= GROUPS else heard.ids
    groups = [units[i] for i in places]
    return auroc(true, wrong, groups, groups)


def _better(heard: Heard, place: int) -> int:
    """Return the place of another text that fits what was heard much better, or -1."""
    told, own = heard.heard[place], heard.said[place]
    if len(told) < LEAST_HEARD:
        return -1
    shared: Counter[int] = Counter()
    for unit in sorted(set(heard.units(told))):
        for other in heard.where.get(unit, ()):
            shared[other] += 1
    found = [(heard.rate(heard.said[k], told), k) for k, _ in shared.most_common(CANDIDATES) if heard.said[k] != own]
    rate, best = min(found, default=(1.0, -1))
    return best if rate * FITS_BETTER <= min(1.0, heard.rate(own, told)) else -1
