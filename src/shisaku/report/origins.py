"""How many of the samples that a chain began with are still represented after each of its hops."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.report.descent import Descent
from shisaku.report.paths import Path
from shisaku.report.record import Record
from shisaku.report.sampled import is_part


def origins(record: Record, descent: Descent, path: Path) -> list[int | None]:
    """Return the count after each hop of a chain, None where the tables of the run cannot tell.

    Up to the first step that makes new samples every sample stands for itself. From there on lineage tells; steps
    that add and keep-rules take away those that the drops table names.
    """
    found: list[int | None] = [size(record, path[0])]
    origin: dict[str, str] | None = None
    for place, stream in enumerate(path[1:]):
        alone = len(record.graph.sources(stream)) == 1
        if origin is None and not alone:  # samples of other streams are among them and cannot be told apart
            return found + [None] * (len(path) - 1 - place)
        if descent.makes(stream):
            origin = _roots(descent, stream, origin)
            found.append(len(set(origin.values())))
        elif origin is None:
            found.append(size(record, stream))
        else:
            gone = {str(row["sample"]) for row in record.tables["drops"] if row["step"] == stream}
            origin = {sample: root for sample, root in origin.items() if sample not in gone}
            found.append(None if _subsampled(record, stream) else len(set(origin.values())))
    return found


def size(record: Record, stream: str) -> int:
    """Return how many samples a stream holds."""
    return int(record.run.streams().get(stream, {}).get("n", 0))


def _roots(descent: Descent, step: str, origin: Mapping[str, str] | None) -> dict[str, str]:
    parents = {child: descent.parent[child] for child, made_by in descent.maker.items() if made_by == step}
    if origin is None:
        return parents
    return {child: origin[parent] for child, parent in parents.items() if parent in origin}


def _subsampled(record: Record, step: str) -> bool:
    return any(is_part(row) for row in record.tables["counts"] if row["step"] == step)
