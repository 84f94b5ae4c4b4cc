"""Class scores without any training: the strong comparator that synthetic data has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import language_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import in_one_call
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_vector

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


IMAGES = "efficientnet-lite0"
TEXTS = "minilm-l6"


@dataclass(frozen=True)
class ZeroShot(Transform):
    """Write one score per class from a text about each class, without any training.

    The score is the ConSE cosine (see `pairs.alignment`) of the image with the MiniLM vector of the class's
    text. `texts` maps label to English text; the scores stand in the order of the sorted labels. It is the
    "no training" system that an arm of synthetic data is to be compared with.

    When it hurts: it is as good as the 1000 ImageNet classes and the names you give. Choosing texts by
    looking at test results is training on the test set.

    Example::

        arms:
          - {name: zero_shot, scores: {op: pairs.zero_shot, with: {texts: {bird: bird, sea: fish or shellfish}}}}
    """

    name: ClassVar[str] = "pairs.zero_shot"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    models: ClassVar[tuple[str, ...]] = (IMAGES, TEXTS)
    tolerance: ClassVar[float] = 1e-4
    makes: ClassVar[str] = "views"

    texts: Mapping[str, str]
    image: str = "image"
    write: str = "scores"

    def __post_init__(self) -> None:
        part_names(image=self.image, write=self.write)
        if len(self.texts) < 2:
            raise ValueError(f"texts must name at least 2 labels, got {len(self.texts)}")
        for label, text in self.texts.items():
            if not text.strip():
                raise ValueError(f"texts must say something about {label}, got an empty text")
            if language_of(Part.from_text(text)) not in ("", "en"):
                raise ValueError(f"texts must be English, got {text!r} for {label}")
        object.__setattr__(self, "texts", dict(sorted(self.texts.items())))

    def __hash__(self) -> int:
        return hash((self.image, self.write, tuple(self.texts.items())))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its class scores; the models are called once for the batch."""
        return in_one_call(batch, lambda sample: rgb_of(sample, self.image), self._scores, self._view)

    def _scores(self, images: list[Pixels]) -> list[npt.NDArray[np.float32]]:
        from shisaku.models.loading import load

        model = load("conse")
        return list(model.embed(images) @ model.embed_texts(list(self.texts.values())).T)

    def _view(self, sample: Sample, scores: npt.NDArray[np.float32]) -> Sample:
        return sample.with_part(self.write, Part("embedding", encode_vector(scores)))
