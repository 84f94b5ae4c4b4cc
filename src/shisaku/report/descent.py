"""Which step made a sample and from which other, read from the tables of a run alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shisaku.report.graph import Graph
    from shisaku.report.record import Record


@dataclass(frozen=True, slots=True)
class Descent:
    """`maker`: made sample -> the step that made it; `parent`: made sample -> the one that this step was given.

    `children`: (step, sample given to it) -> the samples it made of that; `makers`: stream -> the steps that made the
    samples in it, an empty name for what came in.
    """

    graph: Graph
    maker: Mapping[str, str]
    parent: Mapping[str, str]
    children: Mapping[tuple[str, str], Sequence[str]]
    makers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, record: Record) -> Descent:
        """Read the lineage; of several parents (a pool) the first is the one the step was given."""
        maker: dict[str, str] = {}
        parent: dict[str, str] = {}
        for row in record.tables["lineage"]:
            maker.setdefault(str(row["child"]), str(row["step"]))
            parent.setdefault(str(row["child"]), str(row["parent"]))
        children: dict[tuple[str, str], list[str]] = {}
        for child, step in maker.items():
            children.setdefault((step, parent[child]), []).append(child)
        steps = frozenset(maker.values())
        makers = {stream: _makers(record.graph, steps, stream, frozenset()) for stream in record.graph.nodes}
        return cls(record.graph, maker, parent, children, makers)

    def makes(self, step: str) -> bool:
        """Whether a step made new samples, other than one that adds to samples or leaves some out."""
        return step in self.makers.get(step, frozenset())

    def holds(self, stream: str, sample: str) -> bool:
        """Whether a sample can be in a stream: it came in, or was made, as the samples there."""
        return self.maker.get(sample, "") in self.makers.get(stream, frozenset({""}))


def _makers(graph: Graph, steps: frozenset[str], stream: str, seen: frozenset[str]) -> frozenset[str]:
    if stream in steps:
        return frozenset({stream})
    above = [source for source in graph.sources(stream) if source not in seen]
    if not above:
        return frozenset({""})
    return frozenset().union(*(_makers(graph, steps, source, seen | {stream}) for source in above))
