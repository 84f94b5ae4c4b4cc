"""What a learner is given: rows with all that is known of them, as parallel columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say

Features = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.generic]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Examples:
    """n rows `x` [n, d] to learn from or to answer for; every column beside `x` may be left out.

    `y` [n] are labels or class codes, `weight` [n] non-negative weights, `soft` [n, K] what each row bears of every
    class where one label is not the whole truth (columns are class codes 0..K-1; it counts instead of `y`), `made` [n]
    marks synthetic rows, `targets` [n, m] are what a map learns. Rows of one of `groups` must not be divided when a
    learner holds rows out. `views` says which columns of `x` a modality takes, [start, end); a row without it is NaN
    there. `ids` and `media` (paths of files, empty where there are none) are for learners outside this process.
    """

    x: Features
    y: Labels = field(default_factory=lambda: np.zeros(0, np.intp))
    weight: Reals = field(default_factory=lambda: np.zeros(0))
    soft: Reals = field(default_factory=lambda: np.zeros((0, 0)))
    made: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    targets: Features = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    groups: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    views: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.x)
        if not len(self.weight) and n:
            object.__setattr__(self, "weight", np.ones(n))
        columns = (self.y, self.weight, self.soft, self.made, self.targets, self.groups, self.ids, self.media)
        lengths = [len(column) for column in columns]
        if self.x.ndim != 2 or any(length not in (0, n) for length in lengths):
            raise DataError(
                say("{rows} feature rows, {labels} labels and {weights} weights do not match",
                    rows=n, labels=len(self.y), weights=len(self.weight)),
                where="learner",
            )  # fmt: skip

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Sequence[int] | npt.NDArray[Any]) -> Examples:
        """Return the rows asked for (positions, or a mask), in that order."""
        asked = np.asarray(rows)
        at = np.arange(len(self))[asked if asked.size else asked.astype(np.intp)]

        def words(column: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(column[i] for i in at) if column else ()

        def rows_of(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return column[at] if len(column) else column

        return Examples(
            self.x[at], rows_of(self.y), rows_of(self.weight), rows_of(self.soft), rows_of(self.made),
            rows_of(self.targets), words(self.groups), words(self.ids), words(self.media), self.views,
        )  # fmt: skip

    def seen(self, x: Features) -> Examples:
        """Return the same rows seen through other features."""
        return replace(self, x=x)


def numbers_only(examples: Examples, who: str) -> None:
    """Raise DataError unless there is a row with a positive weight and every number is finite."""
    weight = examples.weight
    if not (weight > 0).any():
        raise DataError(
            say("There is nothing to train on: no row has a positive weight"),
            where=f"learner {who}",
            next=say("Check that the arm's stream has samples whose parents are training items"),
        )
    finite = (np.isfinite(part).all() for part in (weight, examples.x, examples.targets, examples.soft))
    if not all(finite) or (weight < 0).any():
        raise DataError(
            say("Features and weights must be finite numbers, and weights not negative"),
            where=f"learner {who}",
            next=say("Look for NaN in the embedding step; the learner `fusion` takes rows without a modality"),
        )
