"""Images made larger by a super-resolution network of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.annotated import Annotated, mask_of, mask_parts
from shisaku.ops.image.enlarger import Enlarger, enlarger, weights_hash
from shisaku.ops.image.warp import Warp, stretched
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image


@dataclass(frozen=True)
class Upscale(Transform):
    """Make an image larger by a super-resolution network in an ONNX file of the user's own.

    `weights` is the path of the file; without it the variable SHISAKU_MODEL_UPSCALE names it; without both the step is
    refused. The network takes one picture, RGB [1, 3, height, width] or luma [1, 1, height, width] (colour is then
    resized bicubically), with levels from 0 to `white` (1 or 255), and gives a whole multiple of its size. An image
    with a side over `largest` pixels is refused. Alpha is resized bicubically. `objects` and `mask` are scaled along.
    The network and the start of its SHA-256 are a fact (`upscaled_by`).

    When it hurts: the network invents detail from its own training pictures: letters, faces and textures may be
    plausible and wrong, so never where detail is measured (medicine, metrology, forensics).

    Example::

        - {name: larger, op: image.upscale, from: task, with: {weights: models/realesr-x2.onnx}}
    """

    name: ClassVar[str] = "image.upscale"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    follows: ClassVar[Mapping[str, Kind]] = {"objects": "table", "mask": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    objects: str = "objects"
    mask: str = "mask"
    weights: str = ""
    white: float = 1.0
    largest: int = 1024

    def __post_init__(self) -> None:
        part_names(image=self.image, objects=self.objects, mask=self.mask)
        within("white", self.white, 1.0, 255.0)
        within("largest", self.largest, 1, 8192)

    @property
    def fingerprint(self) -> str:
        """Changes with the parameters and with the bytes of the file."""
        return fingerprint(super().fingerprint, weights_hash(self.weights))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one larger child per sample. Raises WeightsError without a network."""
        network = enlarger(self.weights)
        return one_by_one(batch, rngs, lambda sample, _: self._child(sample, network))

    def _child(self, sample: Sample, network: Enlarger) -> Sample:
        import cv2

        image = image_of(sample, self.image)
        height, width = image.shape[:2]
        if max(height, width) > self.largest:
            raise DataError(say("The image is larger than {largest} pixels", largest=self.largest))
        made = network.enlarged(np.ascontiguousarray(image[:, :, :3]), self.white)
        size = (made.shape[1], made.shape[0])
        if image.shape[2] == 4:
            alpha = cv2.resize(np.ascontiguousarray(image[:, :, 3]), size, interpolation=cv2.INTER_CUBIC)
            made = np.dstack([made, alpha])
        warp = Warp(stretched(size[0] / width, size[1] / height), size)
        before = Annotated.of(sample, self.objects, (width, height))
        objects = before.moved(warp, 0.0)
        parts = {self.image: Part("image", encode_image(made)), **objects.parts(self.objects)}
        parts |= mask_parts(self.mask, mask_of(sample, self.mask, size))
        facts = {"upscaled_by": network.label, **objects.lost(before)}
        return sample.child(self.name, parts=inherited(sample, parts), facts=facts)
