"""Small worlds whose truth is known: fresh finite datasets with groups, heavy tails and imperfect made samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from shisaku.lab.items import Items, StudyData

Floats = npt.NDArray[np.float64]
TAIL = 4  # degrees of freedom of Student's t: heavy tails, finite variance
REAL, MADE, FIELD, HUGE = "real", "made", "field", "huge"
JITTER, BETTER = "jitter", "better"


@dataclass(frozen=True, slots=True)
class World:
    """How a world is drawn; distances are in units of the noise of one item.

    Class means are corners of a simplex with edge `apart`, in a random rotation of `dims` dimensions. Each
    class has `groups` groups of 1 to `size` items around a group centre (sd `between`), all Student t with
    4 degrees of freedom. Each real item has `children` made samples: the item drawn towards its class mean
    by the share `insight` with fresh noise of sd `blur`; a share `wrong` of them is drawn towards another
    class's mean but keeps its parent's label. `fields` are fixed external test sets and their groups per class.
    `twins` streams more are made just like the first one: equal in law, so that their true effects are equal. With
    `rivals` there are two streams more: one that knows the class means and is never wrong, and real items with noise
    alone.
    """

    classes: int = 3
    dims: int = 10
    groups: int = 36
    size: int = 2
    apart: float = 2.5
    between: float = 0.7
    children: int = 3
    insight: float = 0.9
    blur: float = 0.5
    wrong: float = 0.1
    fields: Mapping[str, int] = field(default_factory=lambda: {FIELD: 10})
    twins: int = 0
    rivals: bool = False

    def draw(self, rng: np.random.Generator, huge: int = 0) -> StudyData:
        """Draw one finite dataset; `huge` groups per class more make a test set for measuring the truth."""
        means = self._means(rng)
        real = self._items(means, rng, self.groups, REAL)
        streams = {MADE: self._made(real, means, rng, MADE)}
        streams |= {name: self._items(means, rng, groups, name) for name, groups in self.fields.items()}
        streams |= {name: self._made(real, means, rng, name) for name in self.made[1:]}
        if self.rivals:
            streams[BETTER] = replace(self, wrong=0.0, insight=1.0)._made(real, means, rng, BETTER)
            streams[JITTER] = replace(self, insight=0.0)._made(real, means, rng, JITTER)
        if huge:
            streams[HUGE] = self._items(means, rng, huge, HUGE)
        return StudyData(real, streams)

    @property
    def made(self) -> tuple[str, ...]:
        """The streams that are equal in law."""
        return (MADE, *(f"{MADE}{number}" for number in range(2, self.twins + 2)))

    def _means(self, rng: np.random.Generator) -> Floats:
        corners = np.eye(self.classes, self.dims) * self.apart / np.sqrt(2)
        rotation = np.linalg.qr(rng.normal(size=(self.dims, self.dims)))[0]
        means: Floats = corners @ rotation
        return means

    def _items(self, means: Floats, rng: np.random.Generator, groups: int, name: str) -> Items:
        label = np.repeat(np.arange(self.classes), groups)
        centre = means[label] + self.between * _heavy(rng, (len(label), self.dims))
        group = np.repeat(np.arange(len(label)), rng.integers(1, self.size + 1, len(label)))
        features = centre[group] + _heavy(rng, (len(group), self.dims))
        return Items(
            tuple(f"{name}{i:06d}" for i in range(len(group))),
            tuple(f"class{label[g]}" for g in group),
            tuple(f"{name}-group{g:06d}" for g in group),
            features.astype(np.float32),
        )

    def _made(self, real: Items, means: Floats, rng: np.random.Generator, name: str) -> Items:
        parent = np.repeat(np.arange(len(real)), self.children)
        own = np.array([int(label.removeprefix("class")) for label in real.labels])[parent]
        other = (own + rng.integers(1, self.classes, len(own))) % self.classes
        towards = means[np.where(rng.random(len(own)) < self.wrong, other, own)]
        source = real.features[parent].astype(np.float64)
        features = source + self.insight * (towards - source) + self.blur * _heavy(rng, source.shape)
        return Items(
            tuple(f"{real.ids[p]}/{name}.{i % self.children}" for i, p in enumerate(parent)),
            tuple(real.labels[p] for p in parent),
            tuple(real.groups[p] for p in parent),
            features.astype(np.float32),
            tuple((real.ids[p],) for p in parent),
        )


def _heavy(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Student t noise with 4 degrees of freedom and variance 1."""
    noise: Floats = rng.standard_t(TAIL, size=shape) / np.sqrt(TAIL / (TAIL - 2))
    return noise
