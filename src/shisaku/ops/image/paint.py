"""Pictures from words, and pictures painted anew from words, by any painter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited
from shisaku.ops.prompt import Prompt, facts_of
from shisaku.ops.reading import image_of, text_of

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

FROM: Final = ("text", "image", "mask")


@dataclass(frozen=True)
class Paint(Transform):
    """Paint a picture of what a text says, by the painter that `model` names among the recipe's `models`.

    `start` says from what: ``text`` alone; ``image``, the sample's picture painted anew (`strength` 0 keeps it, 1
    forgets it); ``mask``, only where the part `mask` is white (inpainting). Without a name the embedded painter
    answers, a style transfer that needs ``image`` and paints no words. `prompt` is a Jinja template over the part's
    words as ``text``, ``labels``, ``facts``, ``parts`` and the `slots`, whose drawn values stand in the facts
    ``slot:<name>``. The child is at most `width` by `height` pixels; boxes and masks of the picture are left behind
    unless only the mask was painted.

    When it hurts: a painted picture shows what its painter has seen before, so retrieval from the painter's own
    training data is the honest rival (Burg et al. 2023, arXiv 2304.10253). The label may be gone: gate it with
    `dataset.label_agreement` learned from real pictures alone, and look for copies with `dataset.near_copy`.

    Example::

        - {name: painted, op: image.paint, from: reworded,
           with: {model: painter, text: reworded, start: image, strength: 0.6,
                  slots: {light: {daylight: 3, dusk: 1}}, prompt: "{{ text }}, {{ light }}"}}
    """

    name: ClassVar[str] = "image.paint"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"image": "image", "mask": "image", "objects": "table"}
    roles: ClassVar[Mapping[str, str]] = {"model": "painter"}
    purpose: ClassVar[str] = "paint"
    makes: ClassVar[str] = "children"

    text: str = "caption"
    image: str = "image"
    mask: str = "mask"
    objects: str = "objects"
    model: str = ""
    start: str = "image"
    strength: float = 0.6
    prompt: str = "{{ text }}"
    slots: Mapping[str, Any] = field(default_factory=dict)
    width: int = 512
    height: int = 512

    def __post_init__(self) -> None:
        part_names(text=self.text, image=self.image, mask=self.mask, objects=self.objects)
        one_of("start", self.start, FROM)
        within("strength", self.strength, 0.0, 1.0)
        within("width", self.width, 32, 4096)
        within("height", self.height, 32, 4096)
        _ = self._prompt

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt, self.slots, ("text",))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one painted child per sample; the painter is asked once for the batch."""
        return asked(batch, rngs, "painter", self.model, self._ask, self._child)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        text = text_of(sample, self.text)
        slots = self._prompt.drawn(rng)
        prompt = self._prompt.filled(sample, slots, text=text)
        options: dict[str, Any] = {"width": self.width, "height": self.height, "slots": slots}
        parts: tuple[str, ...] = ()
        if self.start != "text":
            image_of(sample, self.image)
            parts, options["strength"] = (self.image,), self.strength
        if self.start == "mask":
            image_of(sample, self.mask)
            parts, options["mask"] = (self.image, self.mask), self.mask
        return Ask(sample, parts, prompt, seed_from(rng), options=options, op=self.fingerprint, purpose=self.purpose)

    def _child(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        facts = {"painter": backend, **facts_of(ask.options["slots"])}
        parts = inherited(sample, {self.image: replace(answer, uri="")})
        if self.start != "mask":
            parts = {name: part for name, part in parts.items() if name not in (self.mask, self.objects)}
        return sample.child(self.name, parts=parts, facts=facts)
