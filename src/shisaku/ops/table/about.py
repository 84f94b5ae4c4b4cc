"""The labels and facts of a sample as a table of one row, so that what looks at tables can look at them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.store.codecs import encode_table

# Facts that the platform itself writes about files and made samples; they are judged where files are.
OWN = re.compile(
    r".*_(sha256|size|shrunk|rate|channels|seconds|fps|frames|sound|gain|bits|frame|gps)|made_by|role|split"
)


@dataclass(frozen=True)
class About(Transform):
    """Make a table of one row of a sample's labels and facts (a view).

    Columns are named after them; a fact of the name of a label becomes ``fact.NAME``. What the platform itself noted
    about files (size, rate, hash) is left out. A sample without labels and facts fails.

    When it hurts: facts are text, so that a number in them is known by its look only.

    Example::

        - {name: about, op: table.about, from: task}
    """

    name: ClassVar[str] = "table.about"
    makes: ClassVar[str] = "views"
    writes: ClassVar[Mapping[str, Kind]] = {"to": "table"}

    to: str = "about"

    def __post_init__(self) -> None:
        part_names(to=self.to)

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        """Return each sample with the table, or its Failure."""
        return one_by_one(batch, rngs, lambda sample, _: self._with_table(sample))

    def _with_table(self, sample: Sample) -> Sample:
        facts = {name: value for name, value in sample.facts.items() if not OWN.fullmatch(name)}
        row = {f"fact.{name}" if name in sample.labels else name: value for name, value in facts.items()}
        row |= dict(sample.labels)
        if not row:
            raise DataError(say("The sample has neither labels nor facts"), where=sample.id)
        return sample.with_part(self.to, Part("table", encode_table({name: row[name] for name in sorted(row)})))
