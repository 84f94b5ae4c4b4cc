"""Rectangles of an image blotted out."""

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
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels
    from shisaku.ops.image.annotated import Mask

FILLS = ("mean", "black", "grey", "noise")
COVERED = ("drop", "refuse")


@dataclass(frozen=True)
class Erase(Transform):
    """Blot out up to `holes` random rectangles of an image (cut-out, DeVries and Taylor 2017; Zhong et al. 2020).

    Each side of a hole is `side_min` to `side_max` of the image's side. A hole is filled with the mean colour of the
    image, black, mid grey or random colours (`fill`). Objects of which less than the share `least_visible` is left
    open are left out of `objects` (`covered`: drop), or the sample is refused (refuse, and always when no object would
    be left); run-length masks and the part `mask` lose what is under a hole, polygons and boxes stay.

    When it hurts: what makes the label true may be what is blotted out, which nothing notices without `objects`:
    keep holes small where the subject is. A caption may tell of things that are gone.

    Example::

        - {name: holed, op: image.erase, from: task, with: {holes: 2, side_max: 0.3}}
    """

    name: ClassVar[str] = "image.erase"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    holes: int = 3
    side_min: float = 0.1
    side_max: float = 0.3
    fill: str = "mean"
    covered: str = "drop"
    least_visible: float = 0.3

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        within("holes", self.holes, 0, 64)
        within("side_min", self.side_min, 0.0, 1.0)
        within("side_max", self.side_max, 0.0, 1.0)
        ordered("side_min", self.side_min, "side_max", self.side_max)
        one_of("fill", self.fill, FILLS)
        one_of("covered", self.covered, COVERED)
        within("least_visible", self.least_visible, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child with holes per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = image_of(sample, self.image)
        holes = self._holes(image.shape[:2], rng)
        size = (image.shape[1], image.shape[0])
        before = Annotated.of(sample, self.objects, size)
        after = before.uncovered(holes, self.least_visible)
        if self.covered == "refuse" and len(after.items) < len(before.items):
            raise DataError(say("A hole would cover an object"))
        made = image.copy()
        made[holes, :3] = _filling(image, self.fill, int(holes.sum()), rng)
        made[holes, 3:] = 255
        mask = mask_of(sample, self.mask, size)
        if mask is not None:
            mask = mask.copy()
            mask[holes, :3] = 0
        parts = {self.image: Part("image", encode_image(made)), **after.parts(self.objects)}
        parts |= mask_parts(self.mask, mask)
        return sample.child(self.name, parts=inherited(sample, parts), facts=after.lost(before))

    def _holes(self, shape: tuple[int, int], rng: np.random.Generator) -> Mask:
        holes = np.zeros(shape, np.bool_)
        for _ in range(int(rng.integers(1, self.holes + 1)) if self.holes else 0):
            height, width = (round(side * float(rng.uniform(self.side_min, self.side_max))) for side in shape)
            top, left = int(rng.integers(shape[0] - height + 1)), int(rng.integers(shape[1] - width + 1))
            holes[top : top + height, left : left + width] = True
        return holes


def _filling(image: Pixels, fill: str, n: int, rng: np.random.Generator) -> Pixels:
    if fill == "noise":
        return rng.integers(0, 256, (n, 3), dtype=np.uint8)
    colour = {"black": (0.0, 0.0, 0.0), "grey": (128.0, 128.0, 128.0)}.get(fill)
    mean = image[:, :, :3].mean(axis=(0, 1)) if colour is None else np.asarray(colour)
    return np.broadcast_to(np.rint(mean).astype(np.uint8), (n, 3))
