"""A small rule that says before training whether made data will be worth having: logistic, of few features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.lab.conditions.cells import Cell

Floats = npt.NDArray[np.float64]
STRENGTH = 0.3  # inverse regularisation on standardised columns; fixed, for a handful of datasets cannot tune it

NUMBERS: Mapping[str, Callable[[Cell], float | None]] = {
    "per_class": lambda cell: float(np.log2(1 + cell.per_class)),
    "classes": lambda cell: float(np.log2(cell.classes)),
    "ratio": lambda cell: None if cell.ratio is None else float(np.log2(1 + cell.ratio)),
    "alone": lambda cell: float(cell.alone),
    "gated": lambda cell: float(cell.gated),
    "imbalance": lambda cell: None if cell.imbalance is None else float(np.log2(cell.imbalance)),
    "gap": lambda cell: cell.gap,
    "noise_made": lambda cell: cell.noise_made,
    "noise_real": lambda cell: cell.noise_real,
}
NAMES: Mapping[str, Callable[[Cell], str]] = {
    "technique": lambda cell: cell.technique,
    "modality": lambda cell: cell.modality,
    "place": lambda cell: cell.place,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """How cells become rows: numbers in standard deviations of the cells it was made from, names as 0 and 1.

    What is not known of a cell is the mean. A name that was not there before is none of those known.
    """

    means: Mapping[str, float]
    spreads: Mapping[str, float]
    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Columns:
        """Learn the columns from `cells`; a column that never varies is left out."""
        means, spreads = {}, {}
        for name, read in NUMBERS.items():
            known = [value for value in map(read, cells) if value is not None]
            spread = float(np.std(known)) if known else 0.0
            if spread > 1e-12:
                means[name], spreads[name] = float(np.mean(known)), spread
        seen = {name: tuple(sorted({read(cell) for cell in cells})) for name, read in NAMES.items()}
        return cls(means, spreads, {name: values for name, values in seen.items() if len(values) > 1})

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the name of every column."""
        return (*self.means, *(f"{name}: {value}" for name, values in self.values.items() for value in values))

    def rows(self, cells: Sequence[Cell]) -> Floats:
        """Return the matrix [cells, columns]."""
        columns: list[list[float]] = []
        for name, mean in self.means.items():
            told = [NUMBERS[name](cell) for cell in cells]
            columns.append([0.0 if value is None else (value - mean) / self.spreads[name] for value in told])
        for name, values in self.values.items():
            columns += [[float(NAMES[name](cell) == value) for cell in cells] for value in values]
        return np.array(columns, dtype=np.float64).reshape(len(columns), len(cells)).T


@dataclass(frozen=True, slots=True)
class Rule:
    """The probability that a cell is worth having, and from which one on to adopt.

    `threshold` is the least expected loss (Elkan 2001): adopt from p = loss / (loss + gain) on, where these are the
    mean loss of cells that were not worth having and the mean gain of those that were.
    """

    columns: Columns
    weights: Floats
    intercept: float
    threshold: float

    def chances(self, cells: Sequence[Cell]) -> Floats:
        """Return the probability of each cell."""
        with np.errstate(over="ignore"):
            chances: Floats = 1 / (1 + np.exp(-(self.columns.rows(cells) @ self.weights + self.intercept)))
        return chances

    def adopts(self, chances: Floats) -> npt.NDArray[np.bool_]:
        """Return which cells the rule adopts."""
        return chances >= self.threshold if self.threshold < 1 else np.zeros(len(chances), dtype=np.bool_)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form: weights per standard deviation, or per name."""
        named = [
            {"feature": name, "weight": float(w)} for name, w in zip(self.columns.titles, self.weights, strict=True)
        ]
        return {"intercept": self.intercept, "threshold": self.threshold, "weights": named}


def fit_rule(cells: Sequence[Cell]) -> Rule:
    """Fit the rule to `cells`; every dataset weighs the same, however many cells it has.

    Where all cells were worth having, or none, the rule is that share and no more.
    """
    columns = Columns.of(cells)
    worth = np.array([cell.worth for cell in cells])
    counts = {name: sum(cell.dataset == name for cell in cells) for name in {cell.dataset for cell in cells}}
    weight = np.array([1 / counts[cell.dataset] for cell in cells])
    weight *= len(cells) / weight.sum()
    won = worth > 0
    if won.all() or not won.any():
        sure = 0.0 if won.all() else 1.0
        return Rule(columns, np.zeros(len(columns.titles)), 8.0 if won.all() else -8.0, sure)
    gain = float(np.average(worth[won], weights=weight[won]))
    loss = float(np.average(-worth[~won], weights=weight[~won]))
    return Rule(columns, *_logistic(columns.rows(cells), won, weight), loss / (loss + gain))


def _logistic(rows: Floats, won: npt.NDArray[np.bool_], weight: Floats) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    # scikit-learn refuses a matrix without columns; a column of zeros adds nothing.
    padded = rows if rows.shape[1] else np.zeros((len(rows), 1))
    model = LogisticRegression(C=STRENGTH, solver="newton-cholesky", max_iter=100).fit(padded, won, weight)
    return np.asarray(model.coef_[0][: rows.shape[1]], dtype=np.float64), float(model.intercept_[0])
