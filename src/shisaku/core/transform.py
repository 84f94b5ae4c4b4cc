"""A Transform makes samples from samples: caption, rewrite, speak, restyle, crop, embed are all this."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.op import Op
from shisaku.core.sample import Sample

Outcome = tuple[Sample | Failure, ...] | Failure


class Transform(Op):
    """One outcome per sample: the samples made from it, or a Failure with its reason.

    Of several children one may fail while the others stand: a Failure in its place, with its reason.

    `makes` says what comes out: ``"children"`` (new synthetic samples derived with `Sample.child`) or
    ``"views"`` (the same samples with a part added through `Sample.with_part`). `pools` is True for ops
    that mix in material from a declared, train-only pool. One that `heeds` is told, from its second round on, what
    it made of each sample before.
    """

    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = False

    @property
    def heeds(self) -> bool:
        """Whether it works otherwise for knowing what came of the same samples in earlier rounds."""
        return False

    def heeding(self, earlier: Mapping[str, Sequence[Sample]]) -> Self:
        """Return the op that knows what was made of each sample, by its id; its fingerprint tells that apart."""
        return self

    @abstractmethod
    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one outcome per sample of `batch`; `rngs[i]` belongs to `batch[i]` and to nothing else."""
