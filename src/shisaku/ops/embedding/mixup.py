"""Points between two vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.embedding.vectors import Vector, alike_in_size, vector_child, vectors_of
from shisaku.ops.fellows import by_label, sorted_pool
from shisaku.ops.labelled import label_of, label_or_none
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import vector_of


@dataclass(frozen=True)
class Mixup(Transform):
    """Mix a feature vector with that of another sample of the pool.

    child = share x own + (1 - share) x other, where the share is drawn from Beta(`alpha`, `alpha`) (Zhang et al. 2018,
    "mixup: Beyond empirical risk minimization") and the larger side is the sample's own, because the label handed down
    is the sample's. The other is drawn evenly from the samples of the pool with the same `label` (empty: the only one),
    or with `same_label` off from all: the fact ``mixup_label`` then says what the rest of the child is. An `alpha` of 0
    is the vector as it is. The facts ``mixup_other`` and ``mixup_share`` say the rest; the other is the second parent.
    The child holds the vector alone.

    When it hurts: a class that is several clusters has nothing real between them, and other classes may lie there.
    Between classes (`same_label` off) the method of the paper trains on the shares as soft labels; a learner that takes
    the handed-down label at its word learns wrong labels, the more the nearer the share is to a half. Vectors of
    length 1 come out shorter; to a learner that compares angles that is all the same.

    Example::

        - {name: mixed, op: embedding.mixup, from: features, pool: features, rounds: 5, with: {alpha: 0.4}}
    """

    name: ClassVar[str] = "embedding.mixup"
    reads: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    writes: ClassVar[Mapping[str, Kind]] = {"embedding": "embedding"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    embedding: str = "features"
    label: str = ""
    alpha: float = 0.4
    same_label: bool = True

    def __post_init__(self) -> None:
        part_names(embedding=self.embedding)
        within("alpha", self.alpha, 0.0, 100.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one mixed vector per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        classes = by_label(others, self.label) if self.same_label else {"": others}
        known = {value: vectors_of(members, self.embedding) for value, members in classes.items()}
        said = {one.id: label_or_none(one, self.label) for one in others}
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, known, said))

    def _child(
        self,
        sample: Sample,
        rng: np.random.Generator,
        known: Mapping[str, Mapping[str, Vector]],
        said: Mapping[str, str],
    ) -> Sample:
        vector = vector_of(sample, self.embedding)
        value = label_of(sample, self.label) if self.same_label else ""
        mates = {one: held for one, held in known.get(value, {}).items() if one != sample.id}
        usable = alike_in_size(mates, vector.size)
        if not usable:
            raise DataError(say("The pool has no other sample of this label with a vector"), where=sample.id)
        other = usable[int(rng.integers(len(usable)))]
        drawn = float(rng.beta(self.alpha, self.alpha)) if self.alpha else 1.0
        share = max(drawn, 1.0 - drawn)
        made = vector if share == 1.0 else np.float32(share) * vector + np.float32(1.0 - share) * mates[other]
        facts = {"mixup_other": other, "mixup_share": f"{share:.4f}"}
        if not self.same_label:
            facts["mixup_label"] = said[other]
        return vector_child(sample, self.name, self.embedding, made, facts, (other,))
