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
    """n samples: `features` is [n, d]; `parents[i]` are the depth-0 ancestors (empty for real items)."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    features: Vectors
    parents: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if not self.parents:
            object.__setattr__(self, "parents", ((),) * len(self.ids))
        lengths = {len(self.ids), len(self.labels), len(self.groups), len(self.features), len(self.parents)}
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
        data = np.ascontiguousarray(self.features, dtype="<f4").tobytes()
        return fingerprint(self.ids, self.labels, self.groups, self.parents, fingerprint_bytes(data))


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
