"""What Metrics share that compare made items with the real items that were used and those that were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from shisaku.core.metric import Metric, Need, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform
from shisaku.ops.alike.against import Once
from shisaku.ops.dataset.used import Real, check_holdout, read_real
from shisaku.ops.limits import one_of, part_names


@dataclass(frozen=True)
class AgainstUsed(Metric):
    """`holdout` and `drawn` say which real items were never used, see `ops.dataset.used.read_real`."""

    reads: ClassVar[Mapping[str, Kind]] = {"features": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    tolerance: ClassVar[float] = 1e-3

    features: str = "features"
    transform: RowTransform = "l2"
    holdout: Mapping[str, str] = field(default_factory=dict, hash=False)
    drawn: bool = False

    def __post_init__(self) -> None:
        part_names(features=self.features)
        one_of("transform", self.transform, ROW_TRANSFORMS)
        check_holdout(self.holdout)
        object.__setattr__(self, "_once", Once())

    def real(self, reference: Sequence[Sample] | None) -> Real:
        """Return the real items, read once as long as they stay the same. Raises RecipeError, DataError."""
        once: Once = getattr(self, "_once")  # noqa: B009

        def read(samples: Sequence[Sample] | None) -> tuple[list[str], Real]:
            real = read_real(samples, self.features, self.name, self.transform, self.holdout, self.drawn)
            return list(real.ids), real

        found: Real = once.of(reference, read)[1] if reference else read(reference)[1]
        return found
