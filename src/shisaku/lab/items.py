"""What a study sees of samples: ids, labels, groups, features and ancestry, as parallel columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.identity import fingerprint, fingerprint_bytes

Index = npt.NDArray[np.intp]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Items:
    """n samples: `features` is [n, d]; `parents[i]` are the depth-0 ancestors (empty for real items).

    `targets` [n, m] are what retrieval maps to (m = 0 where there is none); `facts` holds the columns of facts
    that an arm draws by.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    features: Vectors
    parents: tuple[tuple[str, ...], ...] = ()
    targets: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.parents:
            object.__setattr__(self, "parents", ((),) * len(self.ids))
        if not self.targets.size:
            object.__setattr__(self, "targets", np.zeros((len(self.ids), 0), dtype=np.float32))
        columns = (self.ids, self.labels, self.groups, self.features, self.parents, self.targets, *self.facts.values())
        lengths = {len(column) for column in columns}
        if len(lengths) != 1:
            raise ValueError(f"columns of Items differ in length: {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | Index) -> Items:
        """Return the rows asked for, in that order."""
        return Items(
            tuple(self.ids[i] for i in rows),
            tuple(self.labels[i] for i in rows),
            tuple(self.groups[i] for i in rows),
            self.features[np.asarray(rows, dtype=np.intp)],
            tuple(self.parents[i] for i in rows),
            self.targets[np.asarray(rows, dtype=np.intp)],
            {fact: tuple(column[i] for i in rows) for fact, column in self.facts.items()},
        )

    def with_groups(self, groups: Sequence[str]) -> Items:
        """Return the same items in other groups."""
        return replace(self, groups=tuple(groups))

    def with_features(self, features: npt.NDArray[Any]) -> Items:
        """Return the same items seen through other features."""
        return replace(self, features=features)

    @property
    def fingerprint(self) -> str:
        """The same for the same items, features included."""
        data = [np.ascontiguousarray(array, dtype="<f4").tobytes() for array in (self.features, self.targets)]
        columns = (self.ids, self.labels, self.groups, self.parents, dict(self.facts))
        return fingerprint(*columns, *map(fingerprint_bytes, data))


@dataclass(frozen=True, slots=True)
class StudyData:
    """Everything a study trains and tests on.

    `real` has its final groups; `streams` are the study's other streams by name; `scores` are class
    scores (sorted label order) of arms without training, by arm and item id; `pools` are ids of material
    that may be mixed into training items (backgrounds, noises); `notes` counts what was set aside.
    """

    real: Items
    streams: Mapping[str, Items] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, npt.NDArray[np.float64]]] = field(default_factory=dict)
    pools: frozenset[str] = frozenset()
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels of the real items, sorted."""
        return tuple(sorted(set(self.real.labels)))

    @property
    def fingerprint(self) -> str:
        """Changes with any item, feature, score or group."""
        scores = {
            arm: {item: [float(v) for v in vector] for item, vector in sorted(found.items())}
            for arm, found in sorted(self.scores.items())
        }
        streams = {name: items.fingerprint for name, items in sorted(self.streams.items())}
        return fingerprint(self.real.fingerprint, streams, scores, sorted(self.pools))
