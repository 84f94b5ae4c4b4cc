"""Pictures read for the text in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import rgb_of

MODEL: Final = "pp-ocr-v6-small"


@dataclass(frozen=True)
class ReadText(Transform):
    """Write down the text in a picture, one line of it on each line; the text is empty where nothing can be read.

    Lines are found and read by PP-OCRv6 small (Paddle): Latin, Japanese, Chinese and other scripts, printed and clear
    handwriting, in the picture as it was read (at most 512 pixels, unless you raised it). Lines under a mean
    character probability of 0.5 are left out.

    When it hurts: text under about seven pixels of height, in art lettering, on curves or upside down is missed or
    misread, and textures are now and then read as a letter or two. A picture takes 0.2 to 1 s.

    Example::

        - {name: read, op: privacy.read_text, from: data, with: {image: image, write: read}}
    """

    name: ClassVar[str] = "privacy.read_text"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    makes: ClassVar[str] = "views"
    batch: ClassVar[int] = 32

    image: str = "image"
    write: str = "read"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with the text in its picture."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = rgb_of(sample, self.image)
        from shisaku.models.loading import load

        text = "\n".join(line.text for line in load("text_reader").lines(image))
        return sample.with_part(self.write, Part.from_text(text))
