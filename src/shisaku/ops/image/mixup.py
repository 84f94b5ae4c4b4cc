"""Two images mixed into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.annotated import Annotated
from shisaku.ops.image.partner import filled_objects, filling, label_facts, partner_of, read_partner, sorted_pool
from shisaku.ops.image.shares import share_of_parent
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

LEAST = 0.25  # share of a partner's object that must be within its middle window


@dataclass(frozen=True)
class Mixup(Transform):
    """Mix an image with one of the pool, pixel by pixel (mixup, Zhang et al. 2018).

    The share of the image is drawn from Beta(`alpha`, `alpha`), and at least one half: the child keeps its parent's
    label, which is the one with the larger share. The share, the partner and its labels are facts (`mix_share`,
    `mixed_with`, `mixed_...`), for learners that know soft labels. The middle of the partner is scaled to the image's
    size; transparency is laid on white first. With `alpha` 0 nothing is mixed in. Objects of the partner are added to
    the part `objects` where the sample has one; the part `mask` stays the parent's.

    When it hurts: the mixed image shows something that does not exist; without soft labels a learner is told that the
    partner is not there. The caption stays the parent's and tells half of what can be seen. Never for judging image
    quality, and not for small objects.

    Example::

        - {name: mixed, op: image.mixup, from: task, pool: task, with: {alpha: 0.4}}
    """

    name: ClassVar[str] = "image.mixup"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    alpha: float = 0.4

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects)
        within("alpha", self.alpha, 0.0, 100.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one mixed child per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = rgb_of(sample, self.image)
        size = (image.shape[1], image.shape[0])
        partner = partner_of(sample, pool, rng)
        share = share_of_parent(self.alpha, rng)
        other = filling(read_partner(partner, lambda one: rgb_of(one, self.image)), size)
        objects = Annotated.of(sample, self.objects, size)
        if objects.table is not None:
            theirs = read_partner(partner, lambda one: filled_objects(one, self.image, self.objects, size, LEAST))
            objects = objects.beside(theirs.items)
        parts = {self.image: Part("image", encode_image(blended(image, other, share)))}
        facts = {"mix_share": f"{share:.3f}", "mixed_with": partner.id, **label_facts(partner)}
        parts = inherited(sample, parts | objects.parts(self.objects))
        return sample.child(self.name, parts=parts, facts=facts, also_from=(partner.id,))


def blended(image: Pixels, other: Pixels, share: float) -> Pixels:
    """Return the weighted mean of two RGB pictures of one size."""
    import cv2

    return np.asarray(cv2.addWeighted(image, share, other, 1.0 - share, 0.0), dtype=np.uint8)
