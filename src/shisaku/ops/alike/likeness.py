"""How samples of one kind are alike: what all detectors of copies are built on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message
from shisaku.stats.stars import stars

Places = npt.NDArray[np.int64]
Distances = npt.NDArray[np.float64]
Near = tuple[Places, Places, Distances]


class Likeness(Metric):
    """How samples of one kind are alike: what is read of each, which are near, and how to say it."""

    furthest: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        """Parameters are checked by each class that has some."""

    @property
    @abstractmethod
    def limit(self) -> float:
        """The largest distance at which two are copies."""

    @abstractmethod
    def read(self, sample: Sample) -> Any:
        """Return the print of a sample, in plain values; None if it has none to compare. Raises DataError."""

    @abstractmethod
    def extent(self, sample: Sample) -> float:
        """Return how much there was in the original: pixels, seconds, characters. The most extensive copy is kept."""

    @abstractmethod
    def index(self, prints: Sequence[Any]) -> Any:
        """Return prints prepared for looking others up."""

    @abstractmethod
    def near(self, prints: Sequence[Any], index: Any) -> Near:
        """Return (i, place in the index, distance) of all that are copies, verified."""

    @abstractmethod
    def told(self, distance: float) -> Message:
        """Say how far apart two are."""

    def groups(self, prints: Sequence[Any]) -> tuple[Places, Distances]:
        """Return the keeper of each and its distance from it; the prints are in the order in which they are kept."""
        keys = [key_of(one) for one in prints]
        first: dict[Any, int] = {}
        same = np.array([first.setdefault(key, k) for k, key in enumerate(keys)], np.int64)
        different = np.unique(same)
        some = [prints[k] for k in different]
        keeper, apart = stars(len(some), *self.pairs(some))
        at = np.searchsorted(different, same)
        return different[keeper[at]], apart[at]

    def pairs(self, prints: Sequence[Any]) -> Near:
        """Return the near pairs among prints that all differ, i < j."""
        i, j, distance = self.near(prints, self.index(prints))
        ahead = i < j
        return i[ahead], j[ahead], distance[ahead]

    def nearest(self, n: int, near: Near) -> tuple[Places, Distances]:
        """Return of each of `n` the place of its nearest copy (-1: there is none) and its distance."""
        place, apart = np.full(n, -1, np.int64), np.full(n, self.furthest)
        i, j, distance = near
        order = np.lexsort((-j, -distance))  # the nearest is written last
        place[i[order]], apart[i[order]] = j[order], distance[order]
        return place, apart

    def score(self, sample: str, keeper: str, distance: float, reason: Message | None) -> Score:
        """Return the score of a copy of `keeper`, or of a sample that is none."""
        if reason is None:
            return Score(sample, self.name, 1.0, distance, False, None, keeper)
        value = 0.5 * min(1.0, max(0.0, distance) / self.limit) if self.limit else 0.0
        return Score(sample, self.name, value, distance, True, reason, keeper)


def key_of(one: Any) -> Any:
    """Return a hashable value that is equal for equal prints."""
    if isinstance(one, np.ndarray):
        return one.tobytes()
    return tuple(key_of(item) for item in one) if isinstance(one, list | tuple) else one
