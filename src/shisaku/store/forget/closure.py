"""Everything that came from a record, over all versions of a dataset and all runs, however many generations later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Sample
from shisaku.errors import ShisakuError
from shisaku.store.forget.targets import Targets, targets_of
from shisaku.store.home import Home
from shisaku.store.lance_table import LanceDataset
from shisaku.store.run import Run

AT_ONCE = 64


def all_ids(home: Home, runs: Iterable[Run], first: Iterable[str]) -> frozenset[str]:
    """Return `first` and all that descends from them: by id, and by parents, those from a pool included."""
    links = [*_home_links(home), *(link for run in runs for link in _run_links(run))]
    ids, before = frozenset(first), frozenset[str]()
    while ids != before:
        before, now = ids, Targets(ids)
        ids |= {id_ for id_, parents in links if now.is_one(id_) or any(now.is_one(one) for one in parents)}
    return ids


def described(home: Home, runs: Iterable[Run], ids: frozenset[str]) -> Targets:
    """Return the targets of the samples with these ids, less what any other sample, real or made, holds as well."""
    datasets = [home.dataset(version) for version in home.versions()]
    streams = [stream for run in runs for stream in streams_of(run)]
    named = Targets(ids)
    found = replace(named)
    for dataset in [*datasets, *streams]:
        for some in _chunks([id_ for id_ in dataset.ids() if named.is_one(id_)]):
            found = found.merged(targets_of(dataset.take(some)))
    classes: set[str] = set()
    for others in chain(_others(datasets, named), _made_others(streams, named)):
        kept = targets_of(others)
        classes |= kept.classes
        found = found.without(kept)
    return replace(found, classes=found.classes | classes)


def streams_of(run: Run) -> Iterator[Dataset]:
    """Give the streams of a run that can be opened: those whose cache is gone hold nothing any more."""
    for name in run.streams():
        with suppress(ShisakuError):
            yield run.stream(name)


def _others(datasets: Iterable[LanceDataset], named: Targets) -> Iterator[list[Sample]]:
    """Give the samples that stay, each state of one once."""
    seen: set[tuple[str, str]] = set()
    for dataset in datasets:
        fresh = [pair for pair in dataset.digests().items() if pair not in seen and not named.is_one(pair[0])]
        seen.update(fresh)
        for some in _chunks([id_ for id_, _ in fresh]):
            yield dataset.take(some)


def _made_others(streams: Iterable[Dataset], named: Targets) -> Iterator[list[Sample]]:
    """Give the samples of runs that stay, as each stream has them."""
    for stream in streams:
        for some in _chunks([id_ for id_ in stream.ids() if not named.is_one(id_)]):
            yield stream.take(some)


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _home_links(home: Home) -> Iterator[tuple[str, list[str]]]:
    for version in home.versions():
        for row in home.dataset(version).columns(["id", "parents"]):
            yield row["id"], row["parents"]


def _run_links(run: Run) -> Iterator[tuple[str, list[str]]]:
    for row in run.read_rows("lineage"):
        yield row["child"], [row["parent"]]
    for stream in streams_of(run):
        for some in _chunks(stream.ids()):
            yield from ((sample.id, list(sample.parents)) for sample in stream.take(some))
