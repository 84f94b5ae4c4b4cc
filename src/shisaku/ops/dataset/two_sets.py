"""Features of made samples beside those of real ones, for Metrics that look at both sets as wholes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.ops.dataset.reference import read_reference
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.outcome import measurable
from shisaku.ops.units import units_of
from shisaku.stats.kernel_gap import Codes, Grams, Kernel, Values

Rows = npt.NDArray[np.float64]
DRAWS = 400


@dataclass(frozen=True)
class TwoSets:
    """Ids, units (see `units_of`) and transformed features of either set, each by id."""

    made: tuple[str, ...]
    made_units: tuple[str, ...]
    made_rows: Rows
    real: tuple[str, ...]
    real_units: tuple[str, ...]
    real_rows: Rows

    @classmethod
    def of(cls, state: Mapping[str, Any], transform: RowTransform) -> TwoSets:
        """Return both sets of a state of a `TwoSetMetric`."""
        parts: list[Any] = []
        entities = [{one: held[0] for one, held in sorted(state[side].items())} for side in ("made", "real")]
        for side, units in zip(("made", "real"), units_of(*entities), strict=True):
            held = sorted(state[side].items())
            rows = np.array([row for _, (_, row) in held], dtype=np.float64).reshape(len(held), -1 if held else 0)
            parts += [tuple(one for one, _ in held), tuple(units)]
            parts.append(np.asarray(transform_rows(rows, transform)) if rows.size else rows)
        return cls(*parts)


@dataclass(frozen=True)
class TwoSetMetric(Metric):
    """A Metric that keeps the features of both sets and says what it says of them together."""

    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True

    features: str = "features"
    transform: RowTransform = "sqrt_l2"

    def __post_init__(self) -> None:
        part_names(features=self.features)
        one_of("transform", self.transform, ROW_TRANSFORMS)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return entity and features of either set; what has no such features is not measured.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = read_reference(reference, self.features, self.name)
        made = measurable(batch, lambda one: [one.entity, real.row_of(one, self.features).astype(np.float32)])
        rows = zip(real.samples, real.rows, strict=True)
        return {"made": dict(made), "real": {one.id: [one.entity, row.astype(np.float32)] for one, row in rows}}

    def merge(self, a: State, b: State) -> State:
        """Join made with made and real with real."""
        return {side: {**a[side], **b[side]} for side in ("made", "real")}


@dataclass(frozen=True)
class Change:
    """The squared discrepancy to the real set before and after, and the interval of after - before."""

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class Looked:
    """The kernels (Gaussian, median width) of at most so many rows of either set, and which rows these are."""

    grams: Grams
    made: Codes
    units: Codes
    rng: np.random.Generator

    @classmethod
    def at(cls, sets: TwoSets, most: int, rng: np.random.Generator) -> Looked:
        """Look at no more than `most` rows of either set."""
        made, real = (np.sort(rng.permutation(len(rows))[:most]) for rows in (sets.made_rows, sets.real_rows))
        own, theirs = sets.made_rows[made], sets.real_rows[real]
        kernel = Kernel.of(np.concatenate([own, theirs]), rng)
        names = [sets.made_units[k] for k in made] + [sets.real_units[k] for k in real]
        units = np.unique(names, return_inverse=True)[1]
        return cls(Grams.of(kernel, own, theirs), made, units.astype(np.intp), rng)

    def change(self, weights: Values) -> Change:
        """Return how weights of all made rows change their squared discrepancy (MMD) to the real ones.

        The interval holds 95 % of 400 draws of the Bayesian bootstrap (Rubin 1981) by entity: a made and a real
        sample of one entity are drawn together.
        """
        own = weights[self.made] if weights[self.made].sum() > 0 else np.ones(len(self.made))
        plain, theirs = np.ones(len(self.made)), np.ones(len(self.grams.other))
        before, after = self.grams.mmd2(plain, theirs), self.grams.mmd2(own, theirs)
        found = []
        for _ in range(DRAWS):
            times = self.rng.exponential(size=int(self.units.max()) + 1)[self.units]
            one, other = times[: len(self.made)], times[len(self.made) :]
            found.append(self.grams.mmd2(own * one, other) - self.grams.mmd2(one, other))
        low, high = np.quantile(found, (0.025, 0.975))
        return Change(before, after, float(low), float(high))

    def of_random(self, share: float, draws: int) -> tuple[float, float]:
        """Return between which discrepancies 95 % of random choices of that share of the made rows lie."""
        n = len(self.made)
        found = []
        for _ in range(draws):
            weights = np.zeros(n)
            weights[self.rng.choice(n, max(2, round(share * n)), replace=False)] = 1.0
            found.append(self.grams.mmd2(weights, np.ones(len(self.grams.other))))
        low, high = np.quantile(found, (0.025, 0.975))
        return float(low), float(high)
