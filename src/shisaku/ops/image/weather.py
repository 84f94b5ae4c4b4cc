"""Weather and sun laid over an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.image.kernels import library, run
from shisaku.ops.limits import one_of, ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

KINDS = ("rain", "fog", "snow", "flare", "shadow")
SMALLEST = 16  # pixels
FLAKES = 0.002


@dataclass(frozen=True)
class Weather(Transform):
    """Lay rain, fog, snow, a sun flare or a cast shadow over an image.

    `kind` is one of these, or `any`: drawn at random. The strength is drawn between `strength_min` and
    `strength_max`: 0 is the image, 1 the full effect (kernels of albumentations 2.0.8, for snow with flakes in the
    air), which is blended in. The kind is a fact of the child. Transparency is laid on white first. An image with a
    side under 16 pixels is refused.

    When it hurts: it is a painted effect, without depth: rain does not hide what is far, snow does not lie on roofs,
    a shadow falls over the sky too. A caption that tells the weather or the time of day becomes false: captions are
    not read. It tells how a model bears disturbance, not how it does in real rain: test on real weather.

    Example::

        - {name: wet, op: image.weather, from: task, with: {kind: rain, strength_max: 0.8}}
    """

    name: ClassVar[str] = "image.weather"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    kind: str = "any"
    strength_min: float = 0.3
    strength_max: float = 0.9

    def __post_init__(self) -> None:
        part_names(image=self.image)
        one_of("kind", self.kind, ("any", *KINDS))
        within("strength_min", self.strength_min, 0.0, 1.0)
        within("strength_max", self.strength_max, 0.0, 1.0)
        ordered("strength_min", self.strength_min, "strength_max", self.strength_max)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child in other weather per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = rgb_of(sample, self.image)
        kind = KINDS[int(rng.integers(len(KINDS)))] if self.kind == "any" else self.kind
        made = in_weather(image, kind, float(rng.uniform(self.strength_min, self.strength_max)), rng)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts={"weather": kind})


def in_weather(image: Pixels, kind: str, strength: float, rng: np.random.Generator) -> Pixels:
    """Return an RGB picture with the effect blended in. Raises DataError for one too small to show it."""
    import cv2

    height, width = image.shape[:2]
    if min(height, width) < SMALLEST:
        raise DataError(
            say("The image is too small for {what}: {width} x {height} pixels", what=kind, width=width, height=height)
        )
    effect = run(_transform(kind, height, width), image, rng)
    if kind == "snow":
        effect = _with_flakes(effect, rng)
    return np.asarray(cv2.addWeighted(image, 1.0 - strength, effect, strength, 0.0), dtype=np.uint8)


def _transform(kind: str, height: int, width: int) -> object:
    kernels = library()
    if kind == "rain":
        streak = max(1, round(height / 400))
        blur = 2 * round(height / 200) + 1
        return kernels.RandomRain(rain_type="heavy", drop_width=streak, blur_value=max(3, blur), p=1.0)
    if kind == "fog":
        return kernels.RandomFog(alpha_coef=0.1, fog_coef_range=(0.8, 1.0), p=1.0)
    if kind == "snow":
        # Its other method (2.0.8) adds snow to hue and saturation too, which run over.
        return kernels.RandomSnow(method="bleach", snow_point_range=(0.1, 0.4), brightness_coeff=1.8, p=1.0)
    if kind == "flare":
        return kernels.RandomSunFlare(src_radius=max(2, max(height, width) // 3), p=1.0)
    return kernels.RandomShadow(shadow_roi=(0.0, 0.0, 1.0, 1.0), shadow_intensity_range=(0.5, 0.8), p=1.0)


def _with_flakes(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a picture with flakes in the air, about two in a thousand pixels, larger in larger pictures."""
    import cv2

    side = 2 * max(1, round(min(image.shape[:2]) / 200)) + 1
    flakes = (rng.random(image.shape[:2]) < FLAKES / (side / 3) ** 2).astype(np.uint8) * np.uint8(255)
    flakes = np.asarray(cv2.dilate(flakes, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))), dtype=np.uint8)
    soft = np.asarray(cv2.GaussianBlur(flakes, (side, side), 0), dtype=np.uint8)
    return np.asarray(cv2.add(image, cv2.merge([soft, soft, soft])), dtype=np.uint8)
