"""An image as it would look with less light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.sensor import with_noise
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


@dataclass(frozen=True)
class LowLight(Transform):
    """Take an image again with less light: darker in linear light, with the noise that comes with it.

    The light is halved `stops_min` to `stops_max` times (exposure values); levels are linear light by the sRGB curve
    (IEC 61966-2-1). Then sensor noise is added (variance half constant, half growing with the light; Foi et al. 2008)
    of up to `noise` levels at mid grey, in proportion to the stops. Transparency is laid on white first.

    When it hurts: lamps and windows get as dark as all the rest, where a real night has both. A caption that tells
    the time of day becomes false: captions are not read.

    Example::

        - {name: dusk, op: image.low_light, from: task, with: {stops_min: 1, stops_max: 3}}
    """

    name: ClassVar[str] = "image.low_light"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    stops_min: float = 1.0
    stops_max: float = 3.0
    noise: float = 8.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("stops_min", self.stops_min, 0.0, 8.0)
        within("stops_max", self.stops_max, 0.0, 8.0)
        ordered("stops_min", self.stops_min, "stops_max", self.stops_max)
        within("noise", self.noise, 0.0, 100.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one darker child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        stops = float(rng.uniform(self.stops_min, self.stops_max))
        spread = self.noise * stops / self.stops_max if self.stops_max else 0.0
        made = with_noise(darker(rgb_of(sample, self.image), stops), spread, rng)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts={"stops": f"{stops:.2f}"})


def darker(image: Pixels, stops: float) -> Pixels:
    """Return an sRGB picture with its light halved `stops` times."""
    import cv2

    level = np.arange(256) / 255.0
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4) * 2.0**-stops
    shown = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1.0 / 2.4) - 0.055)
    return np.asarray(cv2.LUT(image, np.rint(shown * 255.0).astype(np.uint8)), dtype=np.uint8)
