"""The look of another domain, by the histogram of its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.kernels import matching_kernels
from shisaku.ops.image.partner import partner_of, read_partner, sorted_pool
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

SMALLEST = 2


@dataclass(frozen=True)
class Histogram(Transform):
    """Give an image the histogram of an image of the pool, channel by channel (histogram matching).

    The matched image is blended in with a weight drawn from half of `strength` to `strength`; with 0 nothing changes.
    Transparency is laid on white first. The other image is a fact (`mixed_with`). An image, or another, with a side
    under 2 pixels is refused.

    When it hurts: where the shares of sky, ground and subject differ, levels of one become colours of the other:
    subjects of strange colours. Where colour is the label, it makes it false. The pool may come from the target
    domain, never from test items.

    Example::

        - {name: matched, op: image.histogram, from: task, pool: target_unlabelled, with: {strength: 0.8}}
    """

    name: ClassVar[str] = "image.histogram"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    strength: float = 1.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("strength", self.strength, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one matched child per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = _large_enough(rgb_of(sample, self.image))
        partner = partner_of(sample, pool, rng)
        other = read_partner(partner, lambda one: _large_enough(rgb_of(one, self.image)))
        made = matched(image, other, float(rng.uniform(0.5, 1.0)) * self.strength)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts={"mixed_with": partner.id}, also_from=(partner.id,))


def matched(image: Pixels, other: Pixels, share: float) -> Pixels:
    """Return an RGB picture with a share of the histogram of another."""
    if share <= 0.0:
        return image
    return np.asarray(matching_kernels().apply_histogram(image, other, share), dtype=np.uint8)


def _large_enough(image: Pixels) -> Pixels:
    height, width = image.shape[:2]
    if min(height, width) < SMALLEST:
        raise DataError(
            say(
                "The image is too small for {what}: {width} x {height} pixels",
                what="histogram",
                width=width,
                height=height,
            )
        )
    return image
