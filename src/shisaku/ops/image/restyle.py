"""Images painted anew in a painter's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.models.embedded.style_painter import painted
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

MODEL: Final = "styletransfer-26"


@dataclass(frozen=True)
class Restyle(Transform):
    """Paint an image in one of 26 styles, drawn at random: the shape stays, the texture changes.

    One conditional network for all styles (Dumoulin et al. 2017). Transparency is laid on white first; the
    size stays: an image whose shorter side is under 224 pixels is painted at that size and scaled back,
    as brush strokes wider than the thing would leave a blob. The style is among the facts of the child.

    When it hurts: networks that were trained on photographs read texture, and this changes all of it.

    Example::

        - {name: restyled, op: image.restyle, from: task, rounds: 3}
    """

    name: ClassVar[str] = "image.restyle"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "children"

    image: str = "image"

    def __post_init__(self) -> None:
        part_names(image=self.image)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one restyled child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        from shisaku.models.loading import load

        image = rgb_of(sample, self.image)
        painter = load(MODEL)
        style = int(rng.integers(len(painter.styles)))
        made = painted(painter, image, style)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts={"style": painter.styles[style]})
