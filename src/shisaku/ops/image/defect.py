"""Defects pasted into images of good parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.annotated import Annotated
from shisaku.ops.image.cutout import true_alpha
from shisaku.ops.image.flaw import flaw_facts, flaw_parts, ground_for_flaws, relabelled, with_flaw
from shisaku.ops.image.foreground import Foreground, foreground_of
from shisaku.ops.image.laying import BLENDS, lay
from shisaku.ops.image.partner import partner_of, read_partner, sorted_pool
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of, rgb_of

FEATHER = 0.15  # share of a crop's sides over which a crop without an outline fades


@dataclass(frozen=True)
class Defect(Transform):
    """Paste a defect from a pool of crops of defects into an image (cut-paste for inspection, Li et al. 2021).

    The shape of the defect is the crop's transparency, else its part `mask`, else the whole crop, faded at its edge.
    Its longer side takes `scale_min` to `scale_max` of the image's shorter side. Its middle lies on the subject where
    the image tells one by transparency or by a part `mask`, and what would stand over is cut off. It is blended by
    its gradients (`blend`: poisson, Pérez et al. 2003), which takes on light and colour of the place, or by alpha.
    Transparency of the image is laid on white.

    The mask of the defect is written to the part `defect_mask` (white), its box and mask are added to `objects` where
    the sample has them, under the crop's label `label` (or "defect"); name and box are facts too (`defect`,
    `defect_box`). Where `becomes` is given, the child's label `label` is that; otherwise its labels are its parent's.

    When it hurts: without `becomes`, a part labelled as good is still labelled as good, with a defect. Pasted defects
    have seams that a detector learns instead, and places where no real one would be. Prove it on real defects alone.

    Example::

        - {name: scratched, op: image.defect, from: good, pool: scratches, with: {becomes: scratch}}
    """

    name: ClassVar[str] = "image.defect"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image", "defect_mask": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    defect_mask: str = "defect_mask"
    label: str = "class"
    becomes: str = ""
    blend: str = "poisson"
    scale_min: float = 0.1
    scale_max: float = 0.3

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask, defect_mask=self.defect_mask)
        one_of("blend", self.blend, BLENDS)
        within("scale_min", self.scale_min, 0.01, 1.0)
        within("scale_max", self.scale_max, 0.01, 1.0)
        ordered("scale_min", self.scale_min, "scale_max", self.scale_max)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child with a defect per sample. Raises RecipeError without a pool."""
        crops = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, crops))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        image = rgb_of(sample, self.image)
        size = (image.shape[1], image.shape[0])
        partner = partner_of(sample, pool, rng)
        cut = read_partner(partner, self._cut)
        ground = ground_for_flaws(sample, self.image, self.mask)
        laid = lay(cut, size, float(rng.uniform(self.scale_min, self.scale_max)) * min(size), rng, ground)
        label = partner.labels.get(self.label, "") or "defect"
        parts = flaw_parts(laid.on(image, self.blend), laid.cover, self.image, self.defect_mask)
        objects = with_flaw(Annotated.of(sample, self.objects, size), laid.cover, label)
        parts = inherited(sample, parts | objects.parts(self.objects))
        facts = {**flaw_facts(laid.cover, label), "mixed_with": partner.id}
        child = sample.child(self.name, parts=parts, facts=facts, also_from=(partner.id,))
        return relabelled(child, self.label, self.becomes)

    def _cut(self, crop: Sample) -> Foreground:
        image = image_of(crop, self.image)
        if true_alpha(image) is not None or self.mask in crop.parts:
            return foreground_of(crop, self.image, self.mask, self.objects, "auto")
        return Foreground(image[:, :, :3], faded(image.shape[0], image.shape[1]), "whole")


def faded(height: int, width: int) -> np.ndarray:
    """Return an alpha that is 1 in the middle and fades towards the edge: float32 [height, width]."""
    sides = []
    for side in (height, width):
        depth = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5)
        sides.append(np.clip(depth / max(FEATHER * side, 0.5), 0.0, 1.0))
    return np.asarray(np.outer(*sides), dtype=np.float32)
