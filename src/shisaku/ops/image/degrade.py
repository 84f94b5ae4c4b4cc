"""What a worse camera, a shaking hand or a small file does to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.image.kernels import blur_kernels
from shisaku.ops.image.sensor import with_noise
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import rgb_of
from shisaku.store.codecs import encode_image

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels


@dataclass(frozen=True)
class Degrade(Transform):
    """Blur, shake, shrink, add sensor noise to and compress an image, in the order in which a camera does.

    Each is drawn evenly from nothing to its limit: `motion` is the length of a straight shake in any direction in
    pixels, `blur` the standard deviation of a Gaussian blur in pixels, `downscale` the factor by which the image is
    shrunk (averaging areas) and enlarged again (linearly), `noise` the standard deviation in levels of 255 at mid
    grey (half of its variance grows with the light, half does not: Foi et al. 2008), `jpeg` the lowest JPEG quality
    (100: not compressed). The size stays; transparency is laid on white first.

    When it hurts: small details may be the label (a hairline crack, a word in the image); nothing here looks whether
    the subject can still be recognised: add a keep-rule on image.visual_quality or on a judge.

    Example::

        - {name: worse, op: image.degrade, from: task, with: {motion: 0, noise: 12, jpeg: 40}}
    """

    name: ClassVar[str] = "image.degrade"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    writes: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    makes: ClassVar[str] = "children"

    image: str = "image"
    motion: float = 5.0
    blur: float = 1.0
    downscale: float = 1.5
    noise: float = 8.0
    jpeg: int = 50

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("motion", self.motion, 0.0, 99.0)
        within("blur", self.blur, 0.0, 50.0)
        within("downscale", self.downscale, 1.0, 32.0)
        within("noise", self.noise, 0.0, 100.0)
        within("jpeg", self.jpeg, 1, 100)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one degraded child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        made, facts = self.changed(rgb_of(sample, self.image), rng)
        parts = inherited(sample, {self.image: Part("image", encode_image(made))})
        return sample.child(self.name, parts=parts, facts=facts)

    def changed(self, image: Pixels, rng: np.random.Generator) -> tuple[Pixels, dict[str, str]]:
        """Return the RGB picture with what was drawn from `rng` done to it, and what that was."""
        length, sigma, factor, spread = (float(rng.uniform(0.0, most)) for most in self._most())
        quality = int(rng.integers(self.jpeg, 101))
        image = blurred(shaken(image, length, rng), sigma)
        image = with_noise(shrunk(image, 1.0 + factor), spread, rng)
        done = {"motion": length, "blur": sigma, "downscale": 1.0 + factor, "noise": spread}
        facts = {key: f"{value:.2f}" for key, value in done.items() if value not in (0.0, 1.0)}
        return compressed(image, quality), facts | ({"jpeg": str(quality)} if quality < 100 else {})

    def _most(self) -> tuple[float, float, float, float]:
        return self.motion, self.blur, self.downscale - 1.0, self.noise


def shaken(image: Pixels, length: float, rng: np.random.Generator) -> Pixels:
    """Return a picture that moved by so many pixels on a straight line while it was taken."""
    import cv2

    side = 2 * round(length / 2.0) + 1
    if side < 3:
        return image
    angle = float(rng.uniform(0.0, 360.0))
    kernel = blur_kernels().create_motion_kernel(side, angle, 0.0, allow_shifted=False, random_state=None)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), dtype=np.uint8)


def blurred(image: Pixels, sigma: float) -> Pixels:
    """Return a picture out of focus; `sigma` in pixels."""
    import cv2

    if sigma < 0.2:  # nothing that eight bits could show
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.uint8)


def shrunk(image: Pixels, factor: float) -> Pixels:
    """Return a picture that was made smaller by a factor and large again."""
    import cv2

    size = (image.shape[1], image.shape[0])
    small = (max(1, round(size[0] / factor)), max(1, round(size[1] / factor)))
    if small == size:
        return image
    made = cv2.resize(cv2.resize(image, small, interpolation=cv2.INTER_AREA), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(made, dtype=np.uint8)


def compressed(image: Pixels, quality: int) -> Pixels:
    """Return a picture after JPEG; quality 100 stands for none."""
    import cv2

    if quality >= 100:
        return image
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    made = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(made, cv2.COLOR_BGR2RGB), dtype=np.uint8)
