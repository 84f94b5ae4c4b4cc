"""How well the text of a sample fits its image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


IMAGES = "efficientnet-lite0"
TEXTS = "minilm-l6"


@dataclass(frozen=True)
class Alignment(Metric):
    """Score how well an English text fits an image by ConSE: never to be called a CLIP score.

    The image becomes the mean of the MiniLM vectors of its ten most probable ImageNet class names, weighted
    by probability (ConSE, Norouzi et al. 2014); `raw` is its cosine with the MiniLM vector of the text, the
    score is (1 + cosine) / 2. It has no threshold of its own.

    What it finds: texts of other images: shuffled captions of 235 small pictures scored below right ones with
    an area under the ROC curve of 0.81, those of 785 with pictures of symbols 0.69 [0.66, 0.71]: at 5 % false alarms
    14 % [12, 17] of swapped captions are found, at any share. It sees what the 1000 classes see, nothing of number,
    place or action.
    When it hurts: it looks through the same network as `pairs.caption`, `pairs.zero_shot` and `image.embed`,
    so it praises their mistakes. For what they made it may report; it may not drop without a random drop of
    equal size beside it. Texts in other languages than English get no score.

    Example::

        - {name: fit, op: pairs.alignment, from: task, with: {image: image, text: caption}}
    """

    name: ClassVar[str] = "pairs.alignment"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image", "text": "text"}
    models: ClassVar[tuple[str, ...]] = (IMAGES, TEXTS)
    tolerance: ClassVar[float] = 1e-4
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("pairs.caption", "pairs.zero_shot", "image.embed")

    image: str = "image"
    text: str = "caption"

    def __post_init__(self) -> None:
        part_names(image=self.image, text=self.text)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> cosine."""
        pairs = measurable(batch, self._pair)
        if not pairs:
            return {}
        from shisaku.models.loading import load

        model = load("conse")
        images = model.embed([image for image, _ in pairs.values()])
        texts = model.embed_texts([text for _, text in pairs.values()])
        cosines = np.einsum("ij,ij->i", images, texts)
        return {sample: float(cosine) for sample, cosine in zip(pairs, cosines, strict=True)}

    def _pair(self, sample: Sample) -> tuple[Pixels, str]:
        return rgb_of(sample, self.image), english_of(sample, self.text, TEXTS)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per pair, by sample id."""
        return [
            Score(sample, self.name, float(np.clip((1.0 + cosine) / 2.0, 0.0, 1.0)), cosine)
            for sample, cosine in sorted(state.items())
        ]
