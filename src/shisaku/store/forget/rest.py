"""The samples of a dataset that stay, with what they said about those that go taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

from shisaku.core.dataset import Dataset
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.store.forget.targets import Targets
from shisaku.store.lance_table import ROWS_AT_ONCE, LanceDataset
from shisaku.store.memory import dataset_fingerprint


class Rest:
    """A Dataset without the targets. A group named after one gets another name, the same for all of that group.

    `salt` makes that name one that nobody can compute from the old.
    """

    def __init__(self, dataset: Dataset, targets: Targets, salt: str) -> None:
        self._dataset, self._targets, self._salt = dataset, targets, salt

    @cached_property
    def _digests(self) -> dict[str, str]:
        if not isinstance(self._dataset, LanceDataset):
            return {sample.id: sample.digest for sample in self}
        touched, digests = [], {}
        for row in self._dataset.columns(["id", "digest", "group", "facts"]):
            if self._targets.is_one(row["id"]):
                continue
            digests[row["id"]] = row["digest"]
            if self._mentions(row["group"], dict(row["facts"])):
                touched.append(row["id"])
        for start in range(0, len(touched), ROWS_AT_ONCE):
            digests |= {s.id: s.digest for s in self.take(touched[start : start + ROWS_AT_ONCE])}
        return digests

    def digests(self) -> dict[str, str]:
        """Return id -> digest of every sample that stays."""
        return dict(self._digests)

    @property
    def fingerprint(self) -> str:
        """The same for the same samples."""
        return dataset_fingerprint(self._digests.values())

    def __len__(self) -> int:
        return len(self.ids())

    def __iter__(self) -> Iterator[Sample]:
        ids = iter(self.ids())
        while some := list(islice(ids, ROWS_AT_ONCE)):
            yield from self.take(some)

    def ids(self) -> list[str]:
        """Sample ids, sorted."""
        return [id_ for id_ in self._dataset.ids() if not self._targets.is_one(id_)]

    def take(self, ids: Sequence[str]) -> list[Sample]:
        """Read some samples by id, in the order asked."""
        return [self._cleaned(sample) for sample in self._dataset.take(ids)]

    def _mentions(self, group: str, facts: dict[str, str]) -> bool:
        values = [(group, "group"), *((value, name) for name, value in facts.items())]
        return any(self._targets.in_value(value, name) for value, name in values)

    def _cleaned(self, sample: Sample) -> Sample:
        if not self._mentions(sample.group, dict(sample.facts)):
            return sample
        facts = {name: value for name, value in sample.facts.items() if not self._targets.in_value(value, name)}
        renamed = self._targets.in_value(sample.group, "group")
        group = f"group-{fingerprint(self._salt, sample.group)[:12]}" if renamed else sample.group
        return replace(sample, facts=facts, group=group)
