"""Saying the same in other words, by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.models.embedded.rule_rewriter import BACKEND, reworded
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import inherited, one_by_one


@dataclass(frozen=True)
class Reword(Transform):
    """Say an English text in other words by rule: another sentence frame, other function words.

    This is a rule-based rewriter, not a language model. It never touches a content word, so what the text
    says stays; it brings no new word for a thing either. Other languages than English fail with a reason.
    The new text stands in a child of the sample beside its other parts; with `rounds` there are several,
    drawn independently, so two of them may be the same.

    When it hurts: the frames are the same for every text, so a model may learn them. Retrieval trained on
    framed captions was no better than on the captions alone; use it as the weak baseline that a real
    rewriter has to beat.

    Example::

        - {name: reworded, op: text.reword, from: task, rounds: 3, with: {text: caption, write: reworded}}
    """

    name: ClassVar[str] = "text.reword"
    version: ClassVar[int] = 2
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    write: str = "reworded"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample, with the text said in other words."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = english_of(sample, self.text, BACKEND)
        part = Part.from_text(reworded(text, rng), "en")
        return sample.child(self.name, parts=inherited(sample, {self.write: part}))
