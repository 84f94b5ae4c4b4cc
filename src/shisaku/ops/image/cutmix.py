"""A rectangle of another image in place of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.annotated import Annotated, mask_of, mask_parts
from shisaku.ops.image.partner import filled_objects, filling, label_facts, partner_of, read_partner, sorted_pool
from shisaku.ops.image.shares import share_of_parent
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image
from shisaku.store.objects import picture_size

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels
    from shisaku.ops.image.annotated import Mask


@dataclass(frozen=True)
class Cutmix(Transform):
    """Put a random rectangle of an image of the pool in place of the image's own (CutMix, Yun et al. 2019).

    The share of the image that stays is drawn from Beta(`alpha`, `alpha`), and at least one half: the child keeps its
    parent's label, which is the one with the larger share. The share, the partner and its labels are facts
    (`mix_share`, `mixed_with`, `mixed_...`). The middle of the partner is scaled to the image's size first;
    transparency is laid on white. With `alpha` 0 nothing is put in.

    Objects of which less than the share `least_visible` stays are left out of `objects`; those of the partner that
    show by as much are added. The part `mask` takes the partner's mask in the rectangle: a partner without one is
    refused then.

    When it hurts: without `objects` nothing notices that the rectangle covers the subject itself, so that the label is
    false though its share is the larger. The caption stays the parent's and tells half of what can be seen.

    Example::

        - {name: patched, op: image.cutmix, from: task, pool: task, with: {alpha: 1.0}}
    """

    name: ClassVar[str] = "image.cutmix"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    alpha: float = 1.0
    least_visible: float = 0.3

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        within("alpha", self.alpha, 0.0, 100.0)
        within("least_visible", self.least_visible, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one patched child per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = rgb_of(sample, self.image)
        size = (image.shape[1], image.shape[0])
        partner = partner_of(sample, pool, rng)
        patch = rectangle(size, 1.0 - share_of_parent(self.alpha, rng), rng)
        other = filling(read_partner(partner, lambda one: rgb_of(one, self.image)), size)
        made = np.where(patch[..., None], other, image)
        before = Annotated.of(sample, self.objects, size)
        after = before.uncovered(patch, self.least_visible)
        facts = {"mix_share": f"{1.0 - float(patch.mean()):.3f}", "mixed_with": partner.id, **label_facts(partner)}
        facts |= after.lost(before)
        if before.table is not None:
            theirs = read_partner(
                partner, lambda one: filled_objects(one, self.image, self.objects, size, self.least_visible)
            )
            after = after.beside(theirs.uncovered(~patch, self.least_visible).items)
        mask = mask_of(sample, self.mask, size)
        parts = {self.image: Part("image", encode_image(made)), **after.parts(self.objects)}
        if mask is not None:
            parts |= mask_parts(self.mask, self._mask(mask, partner, patch))
        return sample.child(self.name, parts=inherited(sample, parts), facts=facts, also_from=(partner.id,))

    def _mask(self, mask: Pixels, partner: Sample, patch: Mask) -> Pixels:
        size = (mask.shape[1], mask.shape[0])
        own = read_partner(partner, lambda one: picture_size(one.parts[self.image]))
        theirs = read_partner(partner, lambda one: mask_of(one, self.mask, own))
        if theirs is None:
            raise DataError(say("Sample {sample} of the pool has no mask to follow", sample=partner.id))
        made = mask[:, :, :3].copy()
        made[patch] = filling(theirs[:, :, :3], size, nearest=True)[patch]
        return made


def rectangle(size: tuple[int, int], share: float, rng: np.random.Generator) -> Mask:
    """Return a random rectangle of at most that share of a picture of `size` (width, height), in its shape."""
    side = float(np.sqrt(share))
    width, height = int(size[0] * side), int(size[1] * side)
    left, top = int(rng.integers(size[0] - width + 1)), int(rng.integers(size[1] - height + 1))
    patch = np.zeros((size[1], size[0]), np.bool_)
    patch[top : top + height, left : left + width] = True
    return patch
