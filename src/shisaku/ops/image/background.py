"""Another ground behind a subject that stays where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.annotated import Annotated
from shisaku.ops.image.foreground import WAYS, foreground_of
from shisaku.ops.image.partner import filling, partner_of, read_partner, sorted_pool
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image


@dataclass(frozen=True)
class Background(Transform):
    """Replace the ground behind the subject by an image of the pool; the subject keeps its place and size.

    The subject is told (`cut`) by transparency (alpha), by the part `mask` (mask: what is not black), by all
    `objects` together: masks, polygons, or GrabCut within a box, Rother et al. 2004 (objects), or by a ground of one
    colour (ground); `auto` takes the first that there is. The middle of the other image is scaled to the size of the
    image. With probability 1 - `chance` the ground stays. Objects of which less than the share `least_visible`
    belongs to what was cut out by other means than themselves are left out of `objects`. The ground and how the cut
    was made are facts (`background`, `cut`). To change place and size too, see image.composite.

    When it hurts: it teaches that the ground does not matter; where it does (a ship, a road sign, tissue around a
    lesion) it harms. Grounds must show none of the classes. GrabCut takes along what has the subject's colour, and
    light and shadow do not fit. A caption that tells the place becomes false: captions are not read.

    Example::

        - {name: elsewhere, op: image.background, from: task, pool: grounds, with: {cut: auto}}
    """

    name: ClassVar[str] = "image.background"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    cut: str = "auto"
    chance: float = 1.0
    least_visible: float = 0.1

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        one_of("cut", self.cut, WAYS)
        within("chance", self.chance, 0.0, 1.0)
        within("least_visible", self.least_visible, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child on another ground per sample. Raises RecipeError without a pool."""
        others = sorted_pool(self.name, pool)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, others))

    def _child(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        if rng.random() >= self.chance:
            still = Part("image", encode_image(rgb_of(sample, self.image)))
            return sample.child(self.name, parts=inherited(sample, {self.image: still}))
        cut = foreground_of(sample, self.image, self.mask, self.objects, self.cut)
        size = (cut.pixels.shape[1], cut.pixels.shape[0])
        partner = partner_of(sample, pool, rng)
        ground = filling(read_partner(partner, lambda one: rgb_of(one, self.image)), size)
        alpha = cut.alpha[..., None]
        made = np.rint(cut.pixels * alpha + ground * (np.float32(1.0) - alpha)).astype(np.uint8)
        before = Annotated.of(sample, self.objects, size)
        # Objects that were cut out themselves are there, however little of their box they fill.
        after = before if cut.how in ("objects", "grabcut") else before.uncovered(cut.alpha < 0.5, self.least_visible)
        parts = inherited(sample, {self.image: Part("image", encode_image(made)), **after.parts(self.objects)})
        facts = {"background": partner.id, "cut": cut.how, **after.lost(before)}
        return sample.child(self.name, parts=parts, facts=facts, also_from=(partner.id,))
