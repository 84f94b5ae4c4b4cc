"""The ways through a recipe along which samples got more than one thing: chains of its steps and keep-rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from shisaku.core.dataset import Dataset
from shisaku.errors import ShisakuError
from shisaku.report.descent import Descent
from shisaku.report.record import Record

FEWEST_STEPS = 2  # steps that add or make something; keep-rules do not count
MOST_PATHS = 24

Path = tuple[str, ...]


def open_streams(record: Record) -> dict[str, Dataset]:
    """Return the streams that can still be read, without random controls and what studies see them through."""
    opened: dict[str, Dataset] = {}
    for name in _names(record):
        try:
            opened[name] = record.run.stream(name)
        except ShisakuError:  # the cache was emptied or the run was moved: the page does without
            continue
    return opened


def paths(record: Record, descent: Descent, opened: Mapping[str, Dataset]) -> list[Path]:
    """Return every way from what came in to an end of the recipe with at least two steps on it, keep-rules included.

    Steps that only add features are no hop: nothing in them can be looked at.
    """
    names = [name for name in _names(record) if not _only_features(record, descent, opened, name)]
    before = {name: [s for s in record.graph.sources(name) if s in names] for name in names}
    used = {source for sources in before.values() for source in sources}
    found = [path for end in names if end not in used for path in islice(_back([end], before), MOST_PATHS)]
    return [path for path in found if _steps(record, path) >= FEWEST_STEPS][:MOST_PATHS]


def _names(record: Record) -> list[str]:
    return [name for name in record.run.streams() if not record.is_view(name) and not name.endswith(".random")]


def _back(path: Sequence[str], before: Mapping[str, Sequence[str]]) -> Iterator[Path]:
    """Yield the path with everything in front of it, one for each source where there are several."""
    sources = [source for source in before[path[0]] if source not in path]
    if not sources:
        yield tuple(path)
    for source in sources:
        yield from _back([source, *path], before)


def _steps(record: Record, path: Path) -> int:
    return sum(not record.graph.kept(name) for name in path[1:])


def _only_features(record: Record, descent: Descent, opened: Mapping[str, Dataset], name: str) -> bool:
    """Whether a step adds embeddings to samples and nothing else."""
    sources = record.graph.sources(name)
    if record.graph.kept(name) or len(sources) != 1 or not {name, sources[0]} <= set(opened) or descent.makes(name):
        return False
    ids = opened[name].ids()[:1]
    after, earlier = opened[name].take(ids), opened[sources[0]].take(ids)
    added = [p.kind for s, e in zip(after, earlier, strict=True) for part, p in s.parts.items() if part not in e.parts]
    return bool(added) and set(added) == {"embedding"}
