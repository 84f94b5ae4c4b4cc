"""Geometric augmentation of images, with everything that is tied to places in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.following import Followers
from shisaku.ops.image.placement import Placement
from shisaku.ops.image.told import CAPTIONS
from shisaku.ops.image.warp import GROUNDS
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image


@dataclass(frozen=True)
class Geometry(Transform):
    """Mirror, turn, scale, crop, shear and tilt an image; boxes, polygons, masks and the caption follow.

    One random draw per child. It is mirrored with probability `flip`, upended with probability `upend`, turned by
    90, 180 or 270 degrees with probability `quarters` (width and height change places at 90 and 270), turned by up
    to `rotation` degrees either way, scaled between `scale_min` and `scale_max`, sheared by up to `shear` degrees
    either way; a random window whose sides are at least the share `crop` is drawn to full size; the corners are moved
    by up to the share `perspective` of the sides. Everything is sampled once, linearly. What comes into view is
    white, black, the repeated edge or the mirrored image (`ground`); with white or black an alpha channel is
    transparent there.

    The part `objects` (boxes, polygons, run-length masks) and the image part `mask` are moved by the same matrix. The
    new box is the smallest around the polygons or the mask, or around the turned box where there is nothing finer:
    that one is loose. Objects of which less than the share `least_visible` stays in view are left out, and counted
    in the fact `objects_lost`; a sample of which no object would be left is refused.

    `captions` says what becomes of "left", "right", "clockwise" and their like (English, Japanese, Chinese) in the
    part `caption` and in the labels of objects, where the change would make them false: ``mend`` turns them round
    when the image is mirrored (for upended images "top", "bottom" and their like), and refuses the sample where it
    cannot tell ("the bus left", any such word after a turn of more than 45 degrees, other languages); ``refuse``
    always refuses; ``keep`` leaves them. A label of the sample that names a direction is always refused under the
    first two.

    When it hurts: text that is visible in the image, clock faces, road signs, screws and flags are mirrored too, and
    nothing here notices. Labels whose meaning depends on the side, on size or on what stands upright without saying
    so (digits 6 and 9, the side of the heart, driving on the left) become false. Texts in other parts are not read.

    Example::

        - {name: moved, op: image.geometry, from: task, rounds: 3, with: {rotation: 10, crop: 0.8}}
    """

    name: ClassVar[str] = "image.geometry"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image", "caption": "text"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    caption: str = "caption"
    flip: float = 0.5
    upend: float = 0.0
    quarters: float = 0.0
    rotation: float = 10.0
    scale_min: float = 0.9
    scale_max: float = 1.1
    shear: float = 0.0
    crop: float = 0.8
    perspective: float = 0.0
    ground: str = "edge"
    least_visible: float = 0.25
    captions: str = "mend"

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask, caption=self.caption)
        for chance in ("flip", "upend", "quarters", "least_visible"):
            within(chance, getattr(self, chance), 0.0, 1.0)
        within("rotation", self.rotation, 0.0, 180.0)
        within("scale_min", self.scale_min, 0.05, 4.0)
        within("scale_max", self.scale_max, 0.05, 4.0)
        ordered("scale_min", self.scale_min, "scale_max", self.scale_max)
        within("shear", self.shear, 0.0, 45.0)
        within("crop", self.crop, 0.1, 1.0)
        within("perspective", self.perspective, 0.0, 0.3)
        one_of("ground", self.ground, GROUNDS)
        one_of("captions", self.captions, CAPTIONS)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one changed child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = image_of(sample, self.image)
        size = (image.shape[1], image.shape[0])
        placement = self.drawn(rng, size)
        followers = Followers(self.objects, self.mask, self.least_visible, self.caption, self.captions)
        moved, lost = followers.moved(sample, size, placement.warp, placement.change)
        parts = {self.image: Part("image", encode_image(placement.picture(image, self.ground))), **moved}
        return sample.child(self.name, parts=inherited(sample, parts), facts=placement.facts | lost)

    def drawn(self, rng: np.random.Generator, size: tuple[int, int]) -> Placement:
        """Return a random change of place of a picture of that size (width, height)."""
        # One call for all of it: a flip takes less time than drawing one number after the other.
        flip, upend, quarters, turn, angle, shear, scale, side, across, down, *shift = rng.random(18).tolist()
        share = self.crop + (1.0 - self.crop) * side
        window = max(1, round(size[0] * share)), max(1, round(size[1] * share))
        at = int(across * (size[0] - window[0] + 1)), int(down * (size[1] - window[1] + 1))
        return Placement(
            size,
            (*at, *window),
            flipped=flip < self.flip,
            upended=upend < self.upend,
            quarters=1 + int(3 * turn) if quarters < self.quarters else 0,
            angle=self.rotation * (2.0 * angle - 1.0),
            scale=self.scale_min + (self.scale_max - self.scale_min) * scale,
            shear=self.shear * (2.0 * shear - 1.0),
            corners=tuple([self.perspective * (2.0 * each - 1.0) for each in shift]) if self.perspective else (),
        )
