"""The real samples behind a study, as far as the run still holds them: what they are, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shisaku.core.dataset import Dataset
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample

SHARED = 0.05


@dataclass(frozen=True, slots=True)
class RealItems:
    """Kinds of parts, items per label, and the contents of a study's real samples; `source` is where they came from.

    Empty where the samples are no longer there: then the source alone tells whose they are.
    """

    source: str
    kinds: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    contents: frozenset[str] = frozenset()

    @classmethod
    def of(cls, source: str, samples: Dataset, label: str) -> RealItems:
        """Read the samples. Raises DataError or MachineError if they are not there."""
        kinds: set[str] = set()
        counts: Counter[str] = Counter()
        contents = set()
        for sample in samples:
            kinds |= {part.kind for part in sample.parts.values()}
            contents.add(_content(sample))
            if sample.labels.get(label):
                counts[sample.labels[label]] += 1
        return cls(source, tuple(sorted(kinds)), tuple(sorted(counts.items())), frozenset(contents))

    @property
    def imbalance(self) -> float | None:
        """Return the largest class over the smallest, None where it is not known."""
        sizes = [n for _, n in self.counts]
        return max(sizes) / min(sizes) if sizes else None

    def shares(self, other: RealItems) -> bool:
        """Return whether two are of one dataset: one source, or more than one in twenty samples in common."""
        fewer = min(len(self.contents), len(other.contents))
        return self.source == other.source or len(self.contents & other.contents) > SHARED * fewer


def _content(sample: Sample) -> str:
    """Return what a sample shows, whatever it is called; features count only where there is nothing else."""
    shown = [part for part in sample.parts.values() if part.kind != "embedding"] or list(sample.parts.values())
    return fingerprint(sorted(part.digest for part in shown))


@dataclass(frozen=True)
class Datasets:
    """Which studies stand on one dataset; `named` are names that the user gave, which overrule what was found."""

    items: Sequence[RealItems]
    titles: Sequence[str]
    named: Mapping[int, str]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the dataset of each study: those that share samples, directly or through a third, bear one name."""
        home = list(range(len(self.items)))
        for i, one in enumerate(self.items):
            for j in range(i):
                if home[i] != home[j] and one.shares(self.items[j]):
                    home = [home[j] if h == home[i] else h for h in home]
        given: dict[int, str] = {}
        for i, root in enumerate(home):
            if root not in given:
                taken = set(given.values())
                title, n = self.titles[i], 2
                while title in taken:
                    title, n = f"{self.titles[i]} ({n})", n + 1
                given[root] = title
        return tuple(self.named.get(i, given[root]) for i, root in enumerate(home))
