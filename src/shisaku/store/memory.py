"""A Dataset in memory, and what every Dataset holds true: one sample per id, a fingerprint without order."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.message import say


def dataset_fingerprint(digests: Iterable[str]) -> str:
    """Return the fingerprint of samples with these digests, whatever their order."""
    return fingerprint("dataset", sorted(digests))


def unique(samples: Iterable[Sample], where: str = "") -> Iterator[Sample]:
    """Pass samples on. Raises DataError at the second sample of one id."""
    seen: set[str] = set()
    for sample in samples:
        if sample.id in seen:
            raise twice(sample.id, where)
        seen.add(sample.id)
        yield sample


def twice(id_: str, where: str) -> DataError:
    """Return the error for two samples of one id."""
    return DataError(say("Two samples have the id {id}", id=id_), where, next=say("Give every sample an id of its own"))


def known(id_: str, ids: Container[str], where: str) -> str:
    """Return `id_`. Raises DataError if it is not among `ids`."""
    if id_ not in ids:
        raise DataError(say("There is no sample with the id {id}", id=id_), where)
    return id_


class SampleList:
    """A Dataset in memory. Raises DataError if two samples have the same id."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = {s.id: s for s in unique(samples)}
        self._ids = sorted(self._samples)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same samples in any order."""
        return dataset_fingerprint(s.digest for s in self._samples.values())

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Sample]:
        return (self._samples[id_] for id_ in self._ids)

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        return list(self._ids)

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Return samples by id, in the order asked. Raises DataError for an unknown id."""
        return [self._samples[known(id_, self._samples, "")] for id_ in ids]
