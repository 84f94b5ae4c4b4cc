"""Whether a number in a table is far from all others of its column."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.table.cells import columns_of, kind_of, number_of, rows_of
from shisaku.stats.robust import robust_distance

FEW, DISTINCT = 20, 10  # numbers, and different ones, that a column must have
SLIPS = (10.0, 100.0, 1000.0, 1e6)  # units that are taken for each other
FLOOR = 0.1  # of the width of the middle half: the least spread of a side
UNEVEN = 0.2  # skew of the middle half from which on logarithms are tried
NEAR = 0.5  # of a power of ten: how far from a factor a slip may be


@dataclass(frozen=True)
class Outlier(Metric):
    """Score how near the numbers of a table are to the others of their columns.

    Each column with 20 numbers or more, 10 of them different and no single one in more than half of the rows, is
    compared with its median: the distance in robust standard deviations of its side ("double MAD"; Leys et al. 2013 for
    the median absolute deviation), of the logarithms where all are positive, the middle half is skewed and that makes
    it more even. `raw` is the largest distance in the sample. The score falls from 1 at 0 to 0 at twice `far`, and
    from `far` on it is an issue. A value about 10, 100, 1000 or a million times the median, or that part of it, is
    said to be a slip of units perhaps.

    What it finds: one value in another unit in a fifth of the rows: 1000 times too large in 84 to 100 %, 100 times in
    84 to 97 %, 10 times in 63 to 84 %, 5 times in 47 to 81 % (wine, diabetes, breast cancer: 1,189 rows; the rest
    are values of a column of two). A value of one column outside: from 8 standard deviations on in wine, 20 in
    diabetes, not at 20 in a skewed column of breast cancer. False alarms: 12 of 1,189, all in breast cancer.
    When it hurts: columns with a heavy tail (incomes, counts) have many far values that are right. A wrong value
    within the usual range, and a wrong pair of values that are usual one by one, are not seen.

    Example::

        - {name: outlier, op: table.outlier, from: task, with: {table: vitals, far: 6.0}}
    """

    name: ClassVar[str] = "table.outlier"
    reads: ClassVar[Mapping[str, Kind]] = {"table": "table"}
    size: ClassVar[StateSize] = "O(n)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"far"})

    table: str = "table"
    far: float = 6.0

    def __post_init__(self) -> None:
        part_names(table=self.table)
        within("far", self.far, 0.5, 1000.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its rows, numbers alone."""
        return {
            sample: [{n: number_of(cell) for n, cell in row.items() if kind_of(cell) == "number"} for row in rows]
            for sample, rows in measurable(batch, lambda sample: rows_of(sample, self.table)).items()
        }

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample, by sample id."""
        worst = self._worst(state)
        return [self._score(sample, *worst.get(sample, (0.0, "", 0.0, 0.0))) for sample in sorted(state)]

    def _score(self, sample: str, distance: float, column: str, number: float, middle: float) -> Score:
        issue = abs(distance) >= self.far
        reason = _reason(distance, column, number, middle) if issue else None
        return Score(sample, self.name, 1.0 - min(1.0, abs(distance) / (2 * self.far)), distance, issue, reason)

    @staticmethod
    def _worst(state: Mapping[str, Any]) -> dict[str, tuple[float, str, float, float]]:
        """Return sample id -> (distance, column, number, median of the column) of its farthest number."""
        worst: dict[str, tuple[float, str, float, float]] = {}
        for name, column in columns_of(state).items():
            held = column.numbers
            numbers = np.array([number for _, number in held], dtype=np.float64)
            middle = float(np.median(numbers)) if held else 0.0
            for (sample, number), distance in zip(held, distances(numbers), strict=True):
                if abs(distance) > abs(worst.get(sample, (0.0,))[0]):
                    worst[sample] = (float(distance), name, number, middle)
        return worst

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Name the columns in which several numbers are off by one factor: a slip of units."""
        slips: dict[tuple[str, float], list[str]] = {}
        for sample, (distance, column, number, middle) in sorted(self._worst(state).items()):
            factor = slip(number, middle)
            if abs(distance) >= self.far and factor != 1.0:
                slips.setdefault((column, factor), []).append(sample)
        return [_slip(column, factor, names, len(state)) for (column, factor), names in sorted(slips.items())
                if len(names) >= 3]  # fmt: skip


def _reason(distance: float, column: str, number: float, middle: float) -> Message:
    factor = slip(number, middle)
    if factor != 1.0:
        return say("{column} is {number:g}, about {factor:g} times the median {middle:g}: another unit?",
                   column=column, number=number, factor=factor, middle=middle)  # fmt: skip
    return say("{column} is {number:g}, {distance:+.1f} robust standard deviations from the median {middle:g}",
               column=column, number=number, distance=distance, middle=middle)  # fmt: skip


def _slip(column: str, factor: float, names: Sequence[str], n: int) -> Finding:
    what = say("In column {column} {hits} of {n} samples are about {factor:g} times the median", column=column,
               hits=len(names), n=n, factor=factor)  # fmt: skip
    then = say("See whether they come from one source with another unit")
    return Finding("unit_slip", what, "warn", len(names) / n, n=n, next=then, samples=tuple(names[:20]))


def distances(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the robust distance of each number of a column from its median, 0 where the column allows none."""
    finite = np.isfinite(numbers)
    counts = Counter(numbers[finite].tolist())
    found = np.zeros_like(numbers)
    if len(numbers) < FEW or len(counts) < DISTINCT or 2 * max(counts.values()) > len(numbers):
        return found
    x = numbers[finite]
    if _skew(x) > UNEVEN and (x > 0).all():
        x = min((x, np.log(x)), key=_skew)
    floor = FLOOR * float(np.subtract(*np.percentile(x, [75, 25])))
    found[finite] = robust_distance(x, floor) if floor > 0 else 0.0
    return found


def _skew(x: npt.NDArray[np.float64]) -> float:
    """Return how uneven the middle half is (Bowley): 0 even, 1 all on one side."""
    low, middle, high = np.percentile(x, [25, 50, 75])
    return abs(float((high + low - 2 * middle) / (high - low))) if high > low else 1.0


def slip(number: float, middle: float) -> float:
    """Return the factor of units that a number is away from the median by, 1 where it is none."""
    if number * middle <= 0:
        return 1.0
    power = math.log10(number / middle)
    near = [(abs(abs(power) - math.log10(factor)), factor) for factor in SLIPS]
    gap, factor = min(near)
    return 1.0 if gap > NEAR else (factor if power > 0 else 1.0 / factor)
