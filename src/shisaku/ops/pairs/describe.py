"""Captions by any captioner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.limits import part_names
from shisaku.ops.prompt import Prompt
from shisaku.ops.reading import image_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask


@dataclass(frozen=True)
class Describe(Transform):
    """Write what is seen in an image, by the captioner that `model` names among the recipe's `models`.

    Without a name the embedded captioner answers: a template over the 1000 classes of an image classifier, which reads
    no prompt. `prompt` is a Jinja template over ``labels``, ``facts``, ``parts`` and the `slots`, which are drawn
    from their distributions; empty, the captioner's own instruction holds. `language` is that of the answer. With
    `only_missing` a sample that has the part `write` already stays as it is, which completes a missing modality.

    When it hurts: a captioner sees what it expects. Never train on captions without a check by a model of another
    family (`pairs.alignment`, `text.similarity`), and never give the label away in the prompt of a caption that is
    then used to predict it.

    Example::

        - {name: captioned, op: pairs.describe, from: task, with: {model: seeing, write: caption_made}}
    """

    name: ClassVar[str] = "pairs.describe"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    roles: ClassVar[Mapping[str, str]] = {"model": "captioner"}
    purpose: ClassVar[str] = "caption"
    makes: ClassVar[str] = "views"

    image: str = "image"
    model: str = ""
    prompt: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    only_missing: bool = False
    write: str = "caption_made"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)
        _ = self._prompt

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt, self.slots, ("language",))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its caption; the captioner is asked once for the batch."""
        there = {i for i, one in enumerate(batch) if self.only_missing and self.write in one.parts}
        lacking = [i for i in range(len(batch)) if i not in there]
        made = asked(
            [batch[i] for i in lacking], [rngs[i] for i in lacking], "captioner", self.model, self._ask, self._view
        )
        by_place = dict(zip(lacking, made, strict=True))
        return [by_place.get(i, (one,)) for i, one in enumerate(batch)]

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        image_of(sample, self.image)
        prompt = self._prompt.filled(sample, self._prompt.drawn(rng), language=self.language) if self.prompt else ""
        options = {"language": self.language} if self.language else {}
        return Ask(
            sample, (self.image,), prompt, seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose
        )

    def _view(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        return sample.with_part(self.write, replace(answer, uri=""))
