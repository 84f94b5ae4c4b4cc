"""Some of the samples of a dataset, as a dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Sample
from shisaku.store.home.table import digests_of
from shisaku.store.lance_table import ROWS_AT_ONCE
from shisaku.store.memory import dataset_fingerprint, known


class SelectedDataset:
    """A Dataset without some samples of another; nothing is copied."""

    def __init__(self, dataset: Dataset, without: Collection[str]) -> None:
        self._dataset = dataset
        digests = digests_of(dataset)
        self._digests = {id_: digests[id_] for id_ in dataset.ids() if id_ not in without}

    @property
    def fingerprint(self) -> str:
        """The same as that of any dataset with these samples."""
        return dataset_fingerprint(self._digests.values())

    def __len__(self) -> int:
        return len(self._digests)

    def __iter__(self) -> Iterator[Sample]:
        ids = self.ids()
        for start in range(0, len(ids), ROWS_AT_ONCE):
            yield from self._dataset.take(ids[start : start + ROWS_AT_ONCE])

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        return list(self._digests)

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Read samples by id, in the order asked. Raises DataError for one that is left out."""
        return self._dataset.take([known(id_, self._digests, "") for id_ in ids])

    def digests(self) -> dict[str, str]:
        """Return id -> digest of every sample."""
        return dict(self._digests)
