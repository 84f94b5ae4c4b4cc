"""Subjects of other images pasted in."""

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
from shisaku.ops.image.foreground import WAYS, foreground_of
from shisaku.ops.image.laying import BLENDS, lay
from shisaku.ops.image.outline import box_of_mask
from shisaku.ops.image.partner import label_facts, partner_of, read_partner, sorted_pool
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of, rgb_of
from shisaku.store.codecs import encode_image
from shisaku.store.rle import encode_mask

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels
    from shisaku.ops.image.laying import Laid


@dataclass(frozen=True)
class Paste(Transform):
    """Paste the subject of an image of the pool into an image (copy-paste, Dwibedi et al. 2017; Ghiasi et al. 2021).

    The subject is told (`cut`) by the partner's own transparency (alpha), its part `mask` (mask), one of its
    `objects`, drawn at random: by mask, polygon, or GrabCut within its box (objects), or by a ground of one colour
    (ground); `auto` takes the first of these that there is. Its longer side takes `scale_min` to `scale_max` of the
    image's shorter side, at a random place. It is blended in by alpha with a soft edge, or by its gradients
    (`blend`: poisson, Pérez et al. 2003), which takes on the light of the place. Transparency of the image is laid
    on white. With probability 1 - `chance` nothing is pasted.

    Where the sample has `objects`, the pasted one is added with its box and run-length mask, under the label of the
    partner's object, or else the partner's label `label`; objects of which less than the share `least_visible` stays
    uncovered are left out. Where the sample has a `mask`, the partner's is pasted with it, and a partner without one
    is refused. The partner, its labels and the box are facts (`mixed_with`, `mixed_...`, `pasted`).

    When it hurts: the child keeps its parent's label, so an image labelled as empty becomes false. Scale, light and
    place are not what they are in the world: detectors learn the seam, most with blend alpha. GrabCut takes shadows
    and grounds of the subject's colour along. Captions do not tell what was pasted.

    Example::

        - {name: pasted, op: image.paste, from: scenes, pool: subjects, with: {blend: poisson}}
    """

    name: ClassVar[str] = "image.paste"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    label: str = "class"
    cut: str = "auto"
    blend: str = "alpha"
    chance: float = 1.0
    scale_min: float = 0.2
    scale_max: float = 0.5
    least_visible: float = 0.3

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        one_of("cut", self.cut, WAYS)
        one_of("blend", self.blend, BLENDS)
        within("chance", self.chance, 0.0, 1.0)
        within("scale_min", self.scale_min, 0.01, 1.0)
        within("scale_max", self.scale_max, 0.01, 1.0)
        ordered("scale_min", self.scale_min, "scale_max", self.scale_max)
        within("least_visible", self.least_visible, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child with a pasted subject per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = rgb_of(sample, self.image)
        if rng.random() >= self.chance:
            return sample.child(self.name, parts=inherited(sample, {self.image: Part("image", encode_image(image))}))
        size = (image.shape[1], image.shape[0])
        partner = partner_of(sample, pool, rng)
        cut = read_partner(partner, lambda one: foreground_of(one, self.image, self.mask, self.objects, self.cut, rng))
        laid = lay(cut, size, float(rng.uniform(self.scale_min, self.scale_max)) * min(size), rng)
        before = Annotated.of(sample, self.objects, size)
        after = before.uncovered(laid.cover, self.least_visible)
        facts = {"mixed_with": partner.id, "cut": cut.how, **label_facts(partner), **after.lost(before)}
        box = box_of_mask(laid.cover)
        facts["pasted"] = " ".join(f"{number:g}" for number in box)
        label = cut.label or partner.labels.get(self.label, "")
        after = after.beside([{"label": label, "box": box, "rle": encode_mask(laid.cover)}])
        parts = {self.image: Part("image", encode_image(laid.on(image, self.blend))), **after.parts(self.objects)}
        mask = mask_of(sample, self.mask, size)
        if mask is not None:
            parts |= mask_parts(self.mask, self._mask(mask, partner, laid))
        return sample.child(self.name, parts=inherited(sample, parts), facts=facts, also_from=(partner.id,))

    def _mask(self, mask: Pixels, partner: Sample, laid: Laid) -> Pixels:
        shape = read_partner(partner, lambda one: image_of(one, self.image)).shape
        theirs = read_partner(partner, lambda one: mask_of(one, self.mask, (shape[1], shape[0])))
        if theirs is None:
            raise DataError(say("Sample {sample} of the pool has no mask to follow", sample=partner.id))
        made = mask[:, :, :3].copy()
        made[laid.cover] = laid.warp.mask(np.ascontiguousarray(theirs[:, :, :3]))[laid.cover]
        return made
