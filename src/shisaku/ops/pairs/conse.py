"""Pictures placed in the space of texts, without training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

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

IMAGES = "efficientnet-lite0"
TEXTS = "minilm-l6"


@dataclass(frozen=True)
class Conse(Transform):
    """Write where a picture lies in the text space of MiniLM: 384 numbers, by ConSE (Norouzi et al. 2013).

    That is the mean of the MiniLM vectors of its ten likeliest ImageNet classes, weighted by their probability,
    brought to length 1. As an arm's `scores` in a study with a target it is retrieval without training. With
    `joined` the 1280 features of the classifier, also of length 1, stand before it: what a map to texts can
    be trained on.

    When it hurts: what is not among the 1000 classes lies where something else belongs. It is not CLIP, and it
    is related to `image.embed` and `text.embed`: it may report on them and not decide.

    Example::

        feature: {op: pairs.conse, with: {joined: true}}
        target: {op: text.embed, with: {text: caption}}
    """

    name: ClassVar[str] = "pairs.conse"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (IMAGES, TEXTS)
    tolerance: ClassVar[float] = 1e-4
    makes: ClassVar[str] = "views"

    image: str = "image"
    joined: bool = False
    write: str = "features"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its vector; the network is called once for the batch."""
        return in_one_call(batch, lambda sample: rgb_of(sample, self.image), self._vectors, self._view)

    def _vectors(self, images: list[Pixels]) -> list[npt.NDArray[np.float32]]:
        from shisaku.models.loading import load

        features, logits = load(IMAGES).see(images)
        placed = load("conse").place(logits)
        if not self.joined:
            return list(placed)
        length = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
        return list(np.concatenate([features / length, placed], axis=1))

    def _view(self, sample: Sample, vector: npt.NDArray[np.float32]) -> Sample:
        return sample.with_part(self.write, Part("embedding", encode_vector(vector)))
