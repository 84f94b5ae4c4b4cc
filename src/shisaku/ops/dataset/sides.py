"""Made samples beside the real ones that they are compared with: what every judge of a whole set reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.seed import rng_for
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import say
from shisaku.ops.alike.against import Once
from shisaku.ops.dataset.reference import Reference, read_reference
from shisaku.ops.labelled import label_or_none
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.outcome import measurable
from shisaku.stats.two_sample import drawn_entities

Ints = npt.NDArray[np.intp]
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Side:
    """One of two sets, by id: labels (empty: none), entities by number (the same on both sides), features."""

    ids: tuple[str, ...]
    labels: npt.NDArray[np.str_]
    entities: Ints
    rows: Rows

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, places: Ints) -> Side:
        """Return the samples at these places."""
        ids = tuple(self.ids[place] for place in places)
        return Side(ids, self.labels[places], self.entities[places], self.rows[places])


@dataclass(frozen=True)
class Sides:
    """The real set and the made set."""

    real: Side
    made: Side

    def of_class(self, label: str) -> Sides:
        """Return what bears the label."""
        real, made = (side.at(np.flatnonzero(side.labels == label)) for side in (self.real, self.made))
        return Sides(real, made)

    def drawn(self, most: int, seed: int, step: str) -> Sides:
        """Return as many of either side, `most` at the most: entities in a random order, whole but for the last."""
        n = min(len(self.real), len(self.made), most)
        sides = (("real", self.real), ("made", self.made))
        real, made = (side.at(drawn_entities(side.entities, n, rng_for(seed, step, word))) for word, side in sides)
        return Sides(real, made)

    def classes(self, least: int) -> list[str]:
        """Return the labels that at least so many samples bear on both sides."""
        counts = [Counter(side.labels.tolist()) for side in (self.real, self.made)]
        return sorted(label for label in counts[0] if label and min(one[label] for one in counts) >= least)

    @property
    def n(self) -> int:
        """How many the smaller side has."""
        return min(len(self.real), len(self.made))


@dataclass(frozen=True)
class SetJudge(Metric):
    """Compares the features of what was made with those of the real reference; the whole of both is its state."""

    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    # Sums of float32 in blocks, and models fitted to them, differ in the last digits from one machine to the next.
    tolerance: ClassVar[float] = 1e-3

    features: str = "features"
    label: str = ""
    transform: RowTransform = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        part_names(features=self.features)
        one_of("transform", self.transform, ROW_TRANSFORMS)
        object.__setattr__(self, "_once", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return label, entity, parents and features of the made samples by id, and those of the real ones.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        once: Once = getattr(self, "_once")  # noqa: B009
        _, (real, held) = once.of(reference or (), self._reference)
        return {"made": dict(measurable(batch, lambda sample: self._entry(sample, real))), "real": held}

    def _reference(self, reference: Sequence[Sample]) -> tuple[list[str], tuple[Reference, State]]:
        real = read_reference(reference, self.features, self.name)
        ids = [sample.id for sample in real.samples]
        held = {
            "ids": tuple(ids),
            "labels": tuple(label_or_none(sample, self.label) for sample in real.samples),
            "entities": tuple(sample.entity for sample in real.samples),
            "rows": real.rows.astype(np.float32),
        }
        return ids, (real, held)

    def _entry(self, sample: Sample, real: Reference) -> list[Any]:
        row = real.row_of(sample, self.features).astype(np.float32)
        return [label_or_none(sample, self.label), sample.entity, list(sample.parents), row]

    def merge(self, a: State, b: State) -> State:
        """Join two states: the batches differ, the reference is the same."""
        return {"made": {**a["made"], **b["made"]}, "real": a["real"]}

    def sides(self, state: Mapping[str, Any]) -> Sides:
        """Return both sets; a made sample is of one entity with its parents where those are in the reference."""
        there, made = state["real"], state["made"]
        ids = sorted(made)
        home = dict(zip(there["ids"], there["entities"], strict=True))
        entity = _joined({name: [made[name][1], *(home[p] for p in made[name][2] if p in home)] for name in ids})
        names = [entity.get(one, one) for one in (*there["entities"], *(made[name][1] for name in ids))]
        codes = np.unique(np.array(names, np.str_), return_inverse=True)[1].ravel().astype(np.intp)
        rows = np.stack([made[name][3] for name in ids]) if ids else np.zeros((0, there["rows"].shape[1]), np.float32)
        k = len(there["ids"])
        real = Side(tuple(there["ids"]), np.array(there["labels"], np.str_), codes[:k], self._seen(there["rows"]))
        labels = np.array([made[name][0] for name in ids], np.str_)
        return Sides(real, Side(tuple(ids), labels, codes[k:], self._seen(rows)))

    def _seen(self, rows: Rows) -> Rows:
        return np.asarray(transform_rows(rows, self.transform), np.float32)

    def too_few(self, sides: Sides, least: int) -> Finding | None:
        """Return what is said where either side has fewer samples than the figure takes."""
        if sides.n >= least:
            return None
        what = say(
            "{op} was not asked of {part}: it takes {least} samples on each side, and there are {real} real and {made} "
            "made ones",
            op=self.name,
            part=self.features,
            least=least,
            real=len(sides.real),
            made=len(sides.made),
        )
        return Finding(f"{self.name.partition('.')[2]}_not_asked", what, "note", n=sides.n)


def _joined(links: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return entity -> the one that stands for all that are linked with it."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for some in links.values():
        for other in some[1:]:
            one, two = sorted((root(some[0]), root(other)))
            parent[two] = one
    return {name: root(name) for name in list(parent)}
