"""Captions from the classes of an image classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import in_one_call
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

BACKEND = "template captioner over ImageNet-1k labels (EfficientNet-Lite0)"
MODEL: Final = "efficientnet-lite0"


@dataclass(frozen=True)
class Caption(Transform):
    """Write a caption: the most probable of 1000 ImageNet classes put into a template.

    This is a template captioner over the labels of EfficientNet-Lite0, not a vision-language model: it
    names one thing and says nothing about number, action, colour or place. `{name}` in `template` stands
    for the class name.

    When it hurts: what is not among the 1000 classes gets the name of something else, with the same
    confidence in its sentence. Never train on these captions without a check by another model family;
    `pairs.alignment` looks through the same network and may report but not decide.

    Example::

        - {name: captioned, op: pairs.caption, from: task, with: {write: caption_made}}
    """

    name: ClassVar[str] = "pairs.caption"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "views"

    image: str = "image"
    template: str = "a photo of a {name}"
    write: str = "caption_made"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)
        if "{name}" not in self.template:
            raise ValueError(f"template must hold {{name}}, got {self.template!r}")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its caption; the classifier is called once for the batch."""
        return in_one_call(batch, lambda sample: rgb_of(sample, self.image), _names, self._view)

    def _view(self, sample: Sample, name: str) -> Sample:
        # A plain replacement, because a template from a recipe is not to be given the powers of str.format.
        return sample.with_part(self.write, Part.from_text(self.template.replace("{name}", name), "en"))


def _names(images: list[Pixels]) -> list[str]:
    from shisaku.models.loading import load

    classifier = load(MODEL)
    return [classifier.classes[int(best)] for best in classifier.logits(images).argmax(axis=1)]
