"""A column of values as levels: categories as they are, numbers in bins of equal count."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 8
FEW = 16  # so many different numbers are taken one by one
OFTEN = 0.05  # a number that so large a share of the rows bears is a level of its own
PER_BIN = 10


@dataclass(frozen=True, slots=True)
class Levels:
    """The level of every row (`codes`), what each level is called, and whether they came from numbers."""

    codes: npt.NDArray[np.intp]
    names: tuple[str, ...]
    numeric: bool

    def shared(self) -> float:
        """Return the share of rows that share their level with another row."""
        counts = np.bincount(self.codes, minlength=len(self.names))
        return float((counts[self.codes] > 1).mean()) if self.codes.size else 0.0


def levels_of(values: Sequence[str]) -> Levels:
    """Return the levels of a column; an empty value is a level like any other (being absent can tell something).

    A column is of numbers if every value that is there is a finite one and there are more than two of them. Up to 16
    different numbers are levels as they are; else what at least 5 % of the rows bear is, and the rest falls into at
    most 8 bins of equal count (10 rows or more each).
    """
    numbers = _numbers(values)
    if numbers is None:
        words, codes = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True)
        return Levels(codes.astype(np.intp), tuple(str(word) for word in words), False)
    there = ~np.isnan(numbers)
    different, counts = np.unique(numbers[there], return_counts=True)
    alone = different if len(different) <= FEW else different[counts >= OFTEN * len(values)]
    rest = there & ~np.isin(numbers, alone)
    edges = _edges(numbers[rest])
    codes = np.zeros(len(values), np.intp)  # 0 is for what is absent
    codes[rest] = 1 + np.searchsorted(edges, numbers[rest], side="right")
    single = there & ~rest
    codes[single] = 2 + len(edges) + np.searchsorted(alone, numbers[single])
    names = ("", *_ranges(edges), *(f"{value:g}" for value in alone))
    used, codes = np.unique(codes, return_inverse=True)
    return Levels(codes.astype(np.intp), tuple(names[one] for one in used), True)


def _numbers(values: Sequence[str]) -> npt.NDArray[np.float64] | None:
    try:
        found = np.array([float(value) if value else math.nan for value in values], dtype=np.float64)
    except ValueError:
        return None
    there = np.array([bool(value) for value in values], dtype=bool)
    if not np.isfinite(found[there]).all() or len(np.unique(found[there])) <= 2:
        return None
    return found


def _edges(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    bins = max(1, min(BINS, len(numbers) // PER_BIN))
    if bins == 1:
        return np.empty(0)
    return np.unique(np.quantile(numbers, np.arange(1, bins) / bins))


def _ranges(edges: npt.NDArray[np.float64]) -> list[str]:
    if not len(edges):
        return ["any"]
    between = [f"{low:.4g} to {high:.4g}" for low, high in itertools.pairwise(edges)]
    return [f"below {edges[0]:.4g}", *between, f"from {edges[-1]:.4g}"]
