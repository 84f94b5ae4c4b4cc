"""Samples on their way through a chain: image, caption, other words, speech, what was heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shisaku.report.descent import Descent
from shisaku.report.measures import Measures
from shisaku.report.paths import Path
from shisaku.report.record import Record
from shisaku.report.shown import Shown, shown_parts

if TYPE_CHECKING:
    from shisaku.core.dataset import Dataset
    from shisaku.core.sample import Sample

SHOWN = 4  # samples of each chain
LOOKED_AT = 24  # made samples of one first sample, among which another voice is sought


@dataclass(frozen=True, slots=True)
class Link:
    """What one step added to one sample and how that was scored; `siblings` were made with it from the same sample."""

    stream: str
    op: str
    added: Shown
    scores: Sequence[tuple[str, float]]
    siblings: int


@dataclass(frozen=True, slots=True)
class Walk:
    """Follows samples through one chain whose streams can be read."""

    record: Record
    descent: Descent
    measures: Measures
    opened: Mapping[str, Dataset]
    path: Path

    def rows(self) -> list[list[Link]]:
        """Return a few samples that went all the way, hop by hop; a keep-rule adds nothing and is no link."""
        held = [frozenset(self.opened[name].ids()) for name in self.path]
        shown = self._spread([t for end in sorted(held[-1]) if (t := self._trace(held, end))])
        taken = [self.opened[name].take([t[i] for t in shown]) for i, name in enumerate(self.path)]
        scores = self.measures.of_samples({id_ for trace in shown for id_ in trace})
        hops = [i for i, name in enumerate(self.path) if i == 0 or not self.record.graph.kept(name)]
        return [[self._link(held, taken, scores, row, hop) for hop in hops] for row in range(len(shown))]

    def _trace(self, held: Sequence[Set[str]], end: str) -> Path:
        """Return the sample at every hop that became `end`, nothing where one of them cannot be told."""
        trace = [end]
        for place in range(len(self.path) - 1, 0, -1):
            made_here = self.descent.maker.get(trace[0]) == self.path[place]
            before = self.descent.parent[trace[0]] if made_here else trace[0]
            if before not in held[place - 1]:
                return ()
            trace.insert(0, before)
        return tuple(trace)

    def _spread(self, traces: Sequence[Path]) -> list[Path]:
        """Return a few traces of different first samples, evenly spread, in different voices where there are."""
        families: dict[str, list[Path]] = {}
        for trace in traces:
            families.setdefault(trace[0], []).append(trace)
        firsts = sorted(families)
        n = min(SHOWN, len(firsts))
        found: list[Path] = []
        heard: Counter[str] = Counter()
        for row in range(n):
            family = families[firsts[row * len(firsts) // n]]
            start = row * len(family) // n
            looked_at = (family[start:] + family[:start])[:LOOKED_AT]
            ends = self.opened[self.path[-1]].take([trace[-1] for trace in looked_at])
            voices = [end.facts.get("voice", "") for end in ends]
            choice = min(range(len(voices)), key=lambda i: heard[voices[i]])
            heard[voices[choice]] += 1
            found.append(looked_at[choice])
        return found

    def _link(
        self,
        held: Sequence[Set[str]],
        taken: Sequence[Sequence[Sample]],
        scores: Mapping[tuple[str, str], Sequence[tuple[str, float]]],
        row: int,
        hop: int,
    ) -> Link:
        sample, stream = taken[hop][row], self.path[hop]
        had = taken[hop - 1][row].parts if hop else {}
        added = [name for name, part in sample.parts.items() if name not in had or had[name].data != part.data]
        return Link(
            stream=stream,
            op=self.record.graph.maker(stream) if hop else "",
            added=shown_parts(sample, added),
            scores=scores.get((sample.id, stream), ()),
            siblings=self._siblings(held[hop], sample.id) if self.descent.maker.get(sample.id) == stream else 1,
        )

    def _siblings(self, held: Set[str], sample: str) -> int:
        family = self.descent.children[self.descent.maker[sample], self.descent.parent[sample]]
        return sum(child in held for child in family)
