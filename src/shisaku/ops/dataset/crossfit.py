"""Models that have not seen what they judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from shisaku.core.sample import Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.learn.examples import Examples
from shisaku.ops.dataset.reference import Reference
from shisaku.registry.doors import LEARNERS, load
from shisaku.stats.dealt import dealt

if TYPE_CHECKING:
    from shisaku.learn.learner import Fitted


@dataclass
class CrossFit:
    """A learner fitted on the reference without some of its parts, one model per set left out.

    Entities are dealt to `folds` parts, label by label in the order of a hash of their name, so that every
    part holds every label where there are enough entities, and the parts do not depend on any order.
    """

    reference: Reference
    labels: Sequence[str]
    learner: str
    folds: int
    _part: dict[str, int] = field(default_factory=dict, init=False)
    _entity: dict[str, str] = field(default_factory=dict, init=False)
    _models: dict[frozenset[int], Fitted | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        entities = [sample.entity for sample in self.reference.samples]
        parts = dealt(self.labels, entities, self.folds)
        self._part.update(zip(entities, map(int, parts), strict=True))
        self._entity.update({sample.id: sample.entity for sample in self.reference.samples})

    def model_for(self, sample: Sample) -> Fitted | None:
        """Return the model fitted without the entities of the sample and of its parents (None: nothing is left)."""
        entities = {sample.entity, *(self._entity[parent] for parent in sample.parents if parent in self._entity)}
        out = frozenset(self._part[entity] for entity in entities if entity in self._part) or frozenset(
            {key_for(sample.entity) % self.folds}
        )
        if out not in self._models:
            self._models[out] = self._fit(out)
        return self._models[out]

    def _fit(self, out: frozenset[int]) -> Fitted | None:
        inside = np.array([self._part[sample.entity] not in out for sample in self.reference.samples])
        if not inside.any():
            return None
        examples = Examples(self.reference.rows[inside], np.array(self.labels)[inside])
        key = ",".join(map(str, sorted(out)))
        fitted: Fitted = load(LEARNERS, self.learner)().fit(examples, None, rng_for(0, "crossfit", key))
        return fitted
