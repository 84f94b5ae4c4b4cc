"""A part under another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import KINDS, Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.alike.content import content_of
from shisaku.ops.limits import one_of, part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import part_of


@dataclass(frozen=True)
class Alias(Transform):
    """Show `part` under the name `write` too, unchanged, with its language and its place in time.

    Steps that compare two streams read the same part name on both. Where what was made bears another name than what is
    real (``reworded`` beside ``caption``), an alias on one side lets them meet. `kind` is the kind of the part.

    When it hurts: it says that two parts mean the same thing, and nothing checks that they do.

    Example::

        - {name: task_reworded, op: dataset.alias, from: task, with: {part: caption, kind: text, write: reworded}}
    """

    name: ClassVar[str] = "dataset.alias"
    reads: ClassVar[Mapping[str, Kind]] = {"part": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "image"}
    makes: ClassVar[str] = "views"

    part: str = "image"
    kind: Kind = "image"
    write: str = "alias"

    def __post_init__(self) -> None:
        part_names(part=self.part, write=self.write)
        one_of("kind", self.kind, KINDS)
        # What it reads and writes is said by a parameter, because a part is handed on whatever it means.
        object.__setattr__(self, "reads", {"part": self.kind})
        object.__setattr__(self, "writes", {"write": self.kind})

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with the part under both names."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        content_of(sample, self.part, self.kind)  # what is damaged is not handed on
        return sample.with_part(self.write, part_of(sample, self.part, self.kind))
