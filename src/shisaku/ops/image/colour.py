"""Other light, other camera: colours of an image changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.classical import recoloured
from shisaku.ops.image.kernels import pixel_kernels
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import image_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

DAYLIGHT, WARMEST, COLDEST = 6500.0, 3000.0, 15_000.0  # kelvin


@dataclass(frozen=True)
class Colour(Transform):
    """Change brightness, contrast, saturation, hue, gamma and white balance of an image, or make it grey.

    One random draw per child: brightness, contrast and saturation are multiplied by a factor within the share of
    that name about 1 (saturation about each pixel's luma, contrast about mid grey); the hue is turned by up to
    `hue` degrees either way; gamma is a factor between 1 / (1 + `gamma`) and 1 + `gamma`; the light is one of a black
    body between daylight (6500 K) and, for `white_balance` 1, 3000 K or 15,000 K (Planckian jitter, Zini et al. 2022);
    with probability `grey` only the luma is left. Alpha stays.

    When it hurts: where colour is the label (ripe or unripe, a stain, a wire's colour), and where a caption names
    colours: captions are not read, keep hue, saturation and grey small there.

    Example::

        - {name: recoloured, op: image.colour, from: task, with: {hue: 10, white_balance: 0.5}}
    """

    name: ClassVar[str] = "image.colour"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    hue: float = 5.0
    gamma: float = 0.2
    white_balance: float = 0.2
    grey: float = 0.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        for share in ("brightness", "contrast", "saturation"):
            within(share, getattr(self, share), 0.0, 0.9)
        within("hue", self.hue, 0.0, 180.0)
        within("gamma", self.gamma, 0.0, 4.0)
        within("white_balance", self.white_balance, 0.0, 1.0)
        within("grey", self.grey, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one recoloured child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = image_of(sample, self.image)
        made = np.dstack([self.changed(image[:, :, :3], rng), image[:, :, 3:]])
        return sample.child(self.name, parts=inherited(sample, {self.image: Part("image", encode_image(made))}))

    def changed(self, image: Pixels, rng: np.random.Generator) -> Pixels:
        """Return the RGB picture with colours drawn from `rng`."""
        spread = np.array([self.brightness, self.contrast, self.saturation])
        brightness, contrast, saturation = (float(factor) for factor in 1.0 + spread * rng.uniform(-1.0, 1.0, 3))
        degrees, warmth, power = rng.uniform(-1.0, 1.0, 3)
        if rng.random() < self.grey:
            saturation = 0.0
        if (brightness, contrast, saturation) != (1.0, 1.0, 1.0):
            image = recoloured(image, brightness, contrast, saturation)
        if self.hue:
            image = with_hue(image, float(degrees) * self.hue)
        if self.gamma:
            image = with_gamma(image, float((1.0 + self.gamma) ** power))
        if self.white_balance:
            image = in_light(image, float(warmth) * self.white_balance)
        return image


def with_hue(image: Pixels, degrees: float) -> Pixels:
    """Return an RGB picture with its hue turned (in HSV)."""
    import cv2

    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
    turned = (np.arange(256) + round(degrees * 256.0 / 360.0)) % 256
    hsv[:, :, 0] = cv2.LUT(np.ascontiguousarray(hsv[:, :, 0]), turned.astype(np.uint8))
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL), dtype=np.uint8)


def with_gamma(image: Pixels, power: float) -> Pixels:
    """Return a picture whose levels, as shares of white, are raised to a power."""
    import cv2

    table = np.rint((np.arange(256) / 255.0) ** power * 255.0).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table), dtype=np.uint8)


def in_light(image: Pixels, warmth: float) -> Pixels:
    """Return a picture in the light of a black body: 1 is 3000 K, 0 daylight, -1 15,000 K."""
    # Equal steps of 1/T look equal.
    other = 1.0 / (WARMEST if warmth > 0 else COLDEST)
    kelvin = 1.0 / (1.0 / DAYLIGHT + abs(warmth) * (other - 1.0 / DAYLIGHT))
    return np.asarray(pixel_kernels().planckian_jitter(image, kelvin, mode="blackbody"), dtype=np.uint8)
