"""Classical augmentation of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.directions import change_of
from shisaku.ops.image.following import Followers
from shisaku.ops.image.told import CAPTIONS
from shisaku.ops.image.warp import Warp, about, rotated, stretched
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image
from shisaku.store.white import over_white

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

GROUNDS = ("white", "edge", "mirror")


@dataclass(frozen=True)
class Classical(Transform):
    """Turn, scale, mirror and recolour an image: the baseline that any generator has to beat.

    One random draw per child: mirrored with probability `flip`, turned by up to `rotation` degrees either
    way, scaled between `scale_min` and `scale_max`, brightness, contrast and saturation changed by up to
    the share `colour`. The size stays. What comes into view is white (`ground`: white), the repeated edge
    (edge) or the mirrored image (mirror); transparency is laid on white first. The parts `objects` and `mask` follow,
    and `captions` says what becomes of "left", "right" and their like in the part `caption`: all as in image.geometry.

    When it hurts: where the label depends on what is changed (left and right hands, digits 6 and 9, ripe
    or unripe by colour); text that is visible in the image is mirrored too, and nothing notices. With a frozen
    pretrained feature it mostly neither helps nor harms.

    Example::

        - {name: classical, op: image.classical, from: task, rounds: 5, with: {rotation: 20, colour: 0.2}}
    """

    name: ClassVar[str] = "image.classical"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image", "caption": "text"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    caption: str = "caption"
    flip: float = 0.5
    rotation: float = 20.0
    scale_min: float = 0.6
    scale_max: float = 1.15
    colour: float = 0.2
    ground: str = "white"
    least_visible: float = 0.25
    captions: str = "mend"

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask, caption=self.caption)
        within("flip", self.flip, 0.0, 1.0)
        within("rotation", self.rotation, 0.0, 180.0)
        within("scale_min", self.scale_min, 0.05, 4.0)
        within("scale_max", self.scale_max, 0.05, 4.0)
        ordered("scale_min", self.scale_min, "scale_max", self.scale_max)
        within("colour", self.colour, 0.0, 0.9)
        one_of("ground", self.ground, GROUNDS)
        within("least_visible", self.least_visible, 0.0, 1.0)
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
        flipped = bool(rng.random() < self.flip)
        angle = float(rng.uniform(-self.rotation, self.rotation))
        scale = float(rng.uniform(self.scale_min, self.scale_max))
        brightness, contrast, saturation = rng.uniform(1.0 - self.colour, 1.0 + self.colour, 3)
        followers = Followers(self.objects, self.mask, self.least_visible, self.caption, self.captions)
        size = (image.shape[1], image.shape[0])
        moved, lost = followers.moved(
            sample, size, _warp(size, flipped, angle, scale), change_of(flipped, False, angle)
        )
        if flipped:
            image = np.ascontiguousarray(image[:, ::-1])
        # Before white is laid under it: a recoloured ground would show as a tilted box in the corners.
        changed = recoloured(image[:, :, :3], float(brightness), float(contrast), float(saturation))
        image = over_white(np.dstack([changed, image[:, :, 3:]]))
        image = turned(image, angle, scale, self.ground)
        parts = inherited(sample, {self.image: Part("image", encode_image(image)), **moved})
        return sample.child(self.name, parts=parts, facts=lost)


def _warp(size: tuple[int, int], flipped: bool, angle: float, scale: float) -> Warp:
    middle = (size[0] / 2.0, size[1] / 2.0)
    mirror = stretched(-1.0 if flipped else 1.0, 1.0)
    return Warp(about(middle, rotated(angle) @ stretched(scale, scale) @ mirror), size)


def turned(image: Pixels, angle: float, scale: float, ground: str) -> Pixels:
    """Turn by `angle` degrees and scale about the middle; the size stays. RGB uint8 [h, w, 3]."""
    import cv2

    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2.0 - 0.5, height / 2.0 - 0.5), angle, scale)
    borders = {"white": cv2.BORDER_CONSTANT, "edge": cv2.BORDER_REPLICATE, "mirror": cv2.BORDER_REFLECT_101}
    # Linear sampling alone would leave jaggies and false detail where the image shrinks a lot.
    source = cv2.GaussianBlur(image, (0, 0), 0.4 / scale) if scale < 0.75 else image
    made = cv2.warpAffine(
        source,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=borders[ground],
        borderValue=(255.0, 255.0, 255.0),
    )
    return np.asarray(made, dtype=np.uint8)


def recoloured(image: Pixels, brightness: float, contrast: float, saturation: float) -> Pixels:
    """Multiply saturation about each pixel's luma, contrast about mid grey, then brightness (factors, 1 = as is).

    White stays white where only the saturation changes. Luma weights of ITU-R BT.601.
    """
    pixels = image.astype(np.float32)
    luma = pixels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    pixels = luma[..., None] + (pixels - luma[..., None]) * np.float32(saturation)
    pixels = (127.5 + (pixels - 127.5) * np.float32(contrast)) * np.float32(brightness)
    return np.asarray(np.clip(np.rint(pixels), 0, 255), dtype=np.uint8)
