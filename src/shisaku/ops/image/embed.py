"""Images to feature vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import in_one_call
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_vector

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

MODEL: Final = "efficientnet-lite0"


@dataclass(frozen=True)
class Embed(Transform):
    """Write the 1280 features of EfficientNet-Lite0 (ImageNet-1k), through which a study sees images.

    The image is laid on white, padded to a square and brought to 224 pixels. The features are those before
    the classifier, not normalised.

    When it hurts: the network was trained on photographs. For X-rays, microscopy or drawings its features
    may separate the wrong things; and whatever is judged by this network is not judged independently of
    captions and class scores that come from it too.

    Example::

        feature: {op: image.embed, with: {image: image}}
    """

    name: ClassVar[str] = "image.embed"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    tolerance: ClassVar[float] = 1e-4
    makes: ClassVar[str] = "views"

    image: str = "image"
    write: str = "features"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its features; the network is called once for the batch."""
        return in_one_call(batch, lambda sample: rgb_of(sample, self.image), _features, self._view)

    def _view(self, sample: Sample, vector: npt.NDArray[np.float32]) -> Sample:
        return sample.with_part(self.write, Part("embedding", encode_vector(vector)))


def _features(images: list[Pixels]) -> list[npt.NDArray[np.float32]]:
    from shisaku.models.loading import load

    return list(load(MODEL).embed(images))
