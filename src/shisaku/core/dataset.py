"""A Dataset is a frozen sequence of samples with a fingerprint; where it is kept is the store's affair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from shisaku.core.sample import Sample


@runtime_checkable
class Dataset(Protocol):
    """Samples in the order of their ids, never changed, only written anew."""

    @property
    def fingerprint(self) -> str:
        """The same for the same samples, whatever their order or place."""
        ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Sample]: ...

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        ...

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Read some samples by id, in the order asked."""
        ...
