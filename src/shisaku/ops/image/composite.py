"""Cutting a subject out and laying it on other backgrounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.image.cutout import Cutout, cut_out
from shisaku.ops.image.following import Followers
from shisaku.ops.image.warp import Warp, moved, stretched
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of, rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


@dataclass(frozen=True)
class Composite(Transform):
    """Cut the subject out and lay it on a random image of a declared background pool.

    The cut follows the image's own transparency. Without transparency it is estimated, where the ground
    around the subject is of one colour; otherwise the sample fails with that reason. The child is `size`
    pixels square; the longer side of the subject takes `scale_min` to `scale_max` of it, at a random
    place inside; a random square of the background is used. The background's id is the second parent.
    The parts `objects` and `mask` move with the subject; that an object was not cut out is not noticed.

    When it hurts: it teaches that the ground does not matter. That helps where the model meets clutter
    and harms where it meets plain or natural grounds: weigh the children down (an arm's `weights`) and
    test on every domain you deploy to. Backgrounds must show none of the classes, and those of the test
    domain must not be in the pool.

    Example::

        - {name: composite, op: image.composite, from: task, pool: backgrounds_train, rounds: 5,
           with: {scale_min: 0.45, scale_max: 0.95}}
    """

    name: ClassVar[str] = "image.composite"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"
    pools: ClassVar[bool] = True

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    scale_min: float = 0.45
    scale_max: float = 0.95
    size: int = 256
    least_visible: float = 0.25

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        within("least_visible", self.least_visible, 0.0, 1.0)
        within("scale_min", self.scale_min, 0.05, 1.0)
        within("scale_max", self.scale_max, 0.05, 1.0)
        ordered("scale_min", self.scale_min, "scale_max", self.scale_max)
        within("size", self.size, 32, 2048)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one composite per sample. Raises RecipeError without a pool."""
        if not pool:
            raise RecipeError(
                say("{op} needs a pool of background images and got none", op=self.name),
                next=say("Give the step `pool:` with a stream of images that holds only training material"),
            )
        # By id, because the order in which a pool arrives must not matter.
        backgrounds = sorted(pool, key=lambda sample: sample.id)
        return one_by_one(batch, rngs, lambda sample, rng: self._child(sample, rng, backgrounds))

    def _child(self, sample: Sample, rng: np.random.Generator, backgrounds: Sequence[Sample]) -> Sample:
        subject = cut_out(image_of(sample, self.image))
        chosen = backgrounds[int(rng.integers(len(backgrounds)))]
        try:
            background = rgb_of(chosen, self.image)
        except DataError as error:
            raise DataError(
                say("Background {background} cannot be used: {why}", background=chosen.id, why=str(error.what))
            ) from error
        scale = float(rng.uniform(self.scale_min, self.scale_max))
        image, warp = lay_on(subject, background, self.size, scale, rng)
        before = image_of(sample, self.image)
        followers = Followers(self.objects, self.mask, self.least_visible)
        taken, lost = followers.moved(sample, (before.shape[1], before.shape[0]), warp)
        parts = inherited(sample, {self.image: Part("image", encode_image(image)), **taken})
        facts = {"cut": subject.how, "background": chosen.id, **lost}
        return sample.child(self.name, parts=parts, facts=facts, also_from=(chosen.id,))


def lay_on(
    subject: Cutout, background: Pixels, size: int, scale: float, rng: np.random.Generator
) -> tuple[Pixels, Warp]:
    """Lay the subject, its longer side `scale` of `size`, at a random place; RGB uint8 [size, size, 3], and how."""
    import cv2

    canvas = _square(background, size, rng).astype(np.float32)
    height, width = subject.pixels.shape[:2]
    factor = scale * size / max(height, width)
    new = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_LINEAR
    alpha = cv2.resize(subject.alpha, new, interpolation=how)[..., None]
    # Colours are scaled together with their alpha, so that hidden pixels do not bleed in at the edge.
    painted = cv2.resize(subject.pixels.astype(np.float32) * subject.alpha[..., None], new, interpolation=how)
    left = int(rng.integers(size - new[0] + 1))
    top = int(rng.integers(size - new[1] + 1))
    place = canvas[top : top + new[1], left : left + new[0]]
    place *= 1.0 - alpha
    place += painted
    shift = (
        moved(left, top) @ stretched(new[0] / width, new[1] / height) @ moved(-subject.corner[0], -subject.corner[1])
    )
    return np.asarray(np.clip(np.rint(canvas), 0, 255), dtype=np.uint8), Warp(shift, (size, size))


def _square(background: Pixels, size: int, rng: np.random.Generator) -> Pixels:
    import cv2

    height, width = background.shape[:2]
    side = max(1, int(min(height, width) * rng.uniform(0.7, 1.0)))
    top = int(rng.integers(height - side + 1))
    left = int(rng.integers(width - side + 1))
    cut = background[top : top + side, left : left + side]
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (size, size), interpolation=how), dtype=np.uint8)
