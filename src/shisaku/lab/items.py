"""What a study sees of samples: ids, labels, groups, features and ancestry, as parallel columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.identity import fingerprint, fingerprint_bytes
from shisaku.learn.examples import Examples

Index = npt.NDArray[np.intp]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Items:
    """n samples: `features` is [n, d]; `parents[i]` are the depth-0 ancestors (empty for real items).

    `targets` [n, m] are what retrieval maps to (m = 0 where there is none); `facts` holds the columns of facts
    that an arm draws by. `views` are the columns [start, end) of `features` that each modality takes (none: there is
    one); a row without a modality is NaN there. `media` are paths of files, where a learner outside asks for them.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    features: Vectors
    parents: tuple[tuple[str, ...], ...] = ()
    targets: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    views: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    media: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.parents:
            object.__setattr__(self, "parents", ((),) * len(self.ids))
        if not self.media:
            object.__setattr__(self, "media", ("",) * len(self.ids))
        if not self.targets.size:
            object.__setattr__(self, "targets", np.zeros((len(self.ids), 0), dtype=np.float32))
        facts = self.facts.values()
        columns = (self.ids, self.labels, self.groups, self.features, self.parents, self.targets, self.media, *facts)
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
            self.views,
            tuple(self.media[i] for i in rows),
        )

    def examples(self, rows: Index) -> Examples:
        """Return rows to answer for: features, ids and media, and no label."""
        return Examples(
            self.features[rows],
            ids=tuple(self.ids[i] for i in rows),
            media=tuple(self.media[i] for i in rows),
            views=self.views,
        )

    @property
    def main(self) -> Vectors:
        """Return the features [n, k] of the first view alone: what likeness is sought in."""
        first = min(self.views.values(), default=(0, self.features.shape[1]))
        return self.features[:, slice(*first)]

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
        media = [PurePath(path).name for path in self.media]  # files are named by what is in them
        columns = (self.ids, self.labels, self.groups, self.parents, dict(self.facts), dict(self.views), media)
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
