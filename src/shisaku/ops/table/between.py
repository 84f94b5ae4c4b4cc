"""The rows of a pool as numbers, and new rows between one of them and its neighbours, drawn by imbalanced-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.table.pool_columns import PoolColumn, Row, is_number, present

Floats = npt.NDArray[np.float64]
LACKS = np.nan


@dataclass(frozen=True, slots=True)
class Encoded:
    """One row: numbers in standard deviations of their columns and codes of categories; NaN where it lacks one."""

    numbers: Floats
    codes: Floats


@dataclass(frozen=True)
class PoolMatrix:
    """Rows of a pool: whose they are, their labels, their numbers [n, ...] and the codes of their categories."""

    ids: tuple[str, ...]
    labels: npt.NDArray[Any]
    numbers: Floats
    codes: Floats
    columns: Mapping[str, PoolColumn]
    values: Mapping[str, tuple[Any, ...]]

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, Row]], columns: Mapping[str, PoolColumn]) -> PoolMatrix:
        """Return (sample id, label, row) of a pool encoded; `columns` say how each is treated."""
        values = {
            name: tuple({_key(row[name]): row[name] for _, _, row in rows if present(row.get(name))}.values())
            for name, column in columns.items()
            if column.use == "category"
        }
        blank = cls((), np.array([]), np.zeros((0, 0)), np.zeros((0, 0)), columns, values)
        held = [blank.encoded(row) for _, _, row in rows]
        return cls(
            tuple(sample for sample, _, _ in rows),
            np.array([label for _, label, _ in rows], dtype=object),
            np.array([one.numbers for one in held]).reshape(len(rows), -1),
            np.array([one.codes for one in held]).reshape(len(rows), -1),
            columns,
            values,
        )

    @property
    def number_names(self) -> list[str]:
        """The columns of `numbers`."""
        return [name for name, column in self.columns.items() if column.is_number]

    def encoded(self, row: Row) -> Encoded:
        """Return a row in the form of the pool's; a category that the pool does not know has a code of its own."""
        numbers = [self._number(row.get(name), self.columns[name]) for name in self.number_names]
        codes = [_code(row.get(name), values) for name, values in self.values.items()]
        return Encoded(np.array(numbers, dtype=np.float64), np.array(codes, dtype=np.float64))

    @staticmethod
    def _number(cell: Any, column: PoolColumn) -> float:
        return float(cell) / (column.spread or 1.0) if is_number(cell) else LACKS

    def mates(self, row: Encoded, sample: str, label: str) -> npt.NDArray[np.intp]:
        """Return the places of rows of that label, not of that sample, that lack nothing which the row has."""
        has_numbers, has_codes = ~np.isnan(row.numbers), ~np.isnan(row.codes)
        whole = ~np.isnan(self.numbers[:, has_numbers]).any(axis=1) & ~np.isnan(self.codes[:, has_codes]).any(axis=1)
        others = np.array([one != sample for one in self.ids], dtype=np.bool_)
        return np.flatnonzero((self.labels == label) & others & whole)

    def foreign_share(self, row: Encoded, sample: str, label: str, k: int) -> float:
        """Return how many of the `k` nearest rows are of other labels (ADASYN's ratio); what lacks is one apart."""
        apart = np.square(self.numbers - row.numbers)
        apart = np.where(np.isnan(apart) & ~np.isnan(row.numbers), 1.0, np.nan_to_num(apart))
        far = apart.sum(axis=1) + ((self.codes != row.codes) & ~np.isnan(row.codes)).sum(axis=1)
        others = np.array([place for place, one in enumerate(self.ids) if one != sample], dtype=np.intp)
        nearest = others[np.argsort(far[others], kind="stable")[:k]]
        return float((self.labels[nearest] != label).mean()) if nearest.size else 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row that was drawn: its cells by column, the neighbour it lies towards, and all neighbours that were asked."""

    cells: Mapping[str, Any]
    neighbour: str
    asked: tuple[str, ...]


def between(pool: PoolMatrix, row: Encoded, mates: npt.NDArray[np.intp], k: int, rng: np.random.Generator) -> Drawn:
    """Draw a row between `row` and one of its `k` nearest `mates` (SMOTE; SMOTE-NC where there are categories).

    Raises DataError where there is no mate or no number to go along.
    """
    some_numbers, some_codes = np.flatnonzero(~np.isnan(row.numbers)), np.flatnonzero(~np.isnan(row.codes))
    if not some_numbers.size:
        raise DataError(say("The row has no number to move"))
    if not mates.size:
        raise DataError(say("The pool has no other row of this label that lacks nothing which this one has"))
    numbers = np.vstack([row.numbers[some_numbers], pool.numbers[np.ix_(mates, some_numbers)]])
    codes = np.vstack([row.codes[some_codes], pool.codes[np.ix_(mates, some_codes)]])
    made = _oversampled(np.hstack([numbers, codes]), len(some_numbers), min(k, len(mates)), rng)
    asked = [int(place) for place in made[1]]
    nearest = _on_segment(made[0][: len(some_numbers)], numbers[0], numbers[asked])
    names, categories = [pool.number_names[place] for place in some_numbers], list(pool.values)
    moved = made[0][: len(names)]
    cells: dict[str, Any] = {
        name: float(value) * (pool.columns[name].spread or 1.0) for name, value in zip(names, moved, strict=True)
    }
    for place, code in zip(some_codes, made[0][len(names) :], strict=True):
        known = pool.values[categories[place]]
        if round(code) < len(known):
            cells[categories[place]] = known[round(code)]
    ids = [pool.ids[mates[place - 1]] for place in asked]
    return Drawn(cells, ids[nearest], tuple(ids if some_codes.size else [ids[nearest]]))


def _oversampled(rows: Floats, n_numbers: int, k: int, rng: np.random.Generator) -> tuple[Floats, list[int]]:
    """Return a new row of the class `rows`, made from its first row, and the places of the k neighbours asked."""
    from imblearn.over_sampling import SMOTE, SMOTENC

    neighbours = _of_the_first()(n_neighbors=k + 1)
    # The sampler wants a second class; one row that is never looked at is one.
    held, labels = np.vstack([rows, rows[:1]]), np.array([1] * len(rows) + [0])
    options = {
        "sampling_strategy": {1: len(rows) + 1},
        "random_state": int(rng.integers(2**31)),
        "k_neighbors": neighbours,
    }
    sampler = (
        SMOTENC(list(range(n_numbers, rows.shape[1])), **options) if rows.shape[1] > n_numbers else SMOTE(**options)
    )
    made, _ = sampler.fit_resample(held, labels)
    return np.asarray(made[-1], dtype=np.float64), sampler.nn_k_.asked_


@cache
def _of_the_first() -> Any:
    from scipy.sparse import issparse
    from sklearn.neighbors import NearestNeighbors

    class OfTheFirst(NearestNeighbors):  # type: ignore[misc]
        """Neighbours of the first row alone, so that the sampler makes its row from that one."""

        def kneighbors(self, X: Any = None, n_neighbors: Any = None, return_distance: bool = True) -> Any:  # noqa: N803
            # One row against a few hundred: the parallel search would spend its time on starting threads.
            rows = X.toarray() if issparse(X) else np.asarray(X)
            far = np.square(rows - rows[0]).sum(axis=1)
            self.asked_ = [int(place) for place in np.argsort(far, kind="stable") if place][: self.n_neighbors - 1]
            return np.array([[0, *self.asked_]])

    return OfTheFirst


def _on_segment(made: Floats, start: Floats, ends: Floats) -> int:
    """Return which of the ends lies the way that the made row went from the start."""
    way, went = ends - start, made - start
    length = np.maximum(np.square(way).sum(axis=1), 1e-300)
    share = np.clip(way @ went / length, 0.0, 1.0)
    return int(np.argmin(np.square(went - share[:, None] * way).sum(axis=1)))


def _key(cell: Any) -> tuple[str, Any]:
    return type(cell).__name__, cell


def _code(cell: Any, values: Sequence[Any]) -> float:
    if not present(cell):
        return LACKS
    keys = [_key(value) for value in values]
    return float(keys.index(_key(cell))) if _key(cell) in keys else float(len(keys))
