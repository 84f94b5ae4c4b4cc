"""How a video looks: colour, blur, noise and compression, alike in all frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.video.clip import files_of, frames_changed

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
WHOLE = 100  # the JPEG quality that stands for none


@dataclass(frozen=True, slots=True)
class Look:
    """Factors of brightness, contrast and saturation, sd of blur in pixels and noise in grey levels, JPEG quality."""

    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    blur: float = 0.0
    noise: float = 0.0
    quality: float = WHOLE

    def __str__(self) -> str:
        return ", ".join(f"{name} {getattr(self, name):.3g}" for name in self.__slots__)

    def towards(self, other: Look, share: float) -> Look:
        """Return the look that lies the share of the way to another."""
        return Look(*(getattr(self, n) + share * (getattr(other, n) - getattr(self, n)) for n in self.__slots__))

    def of(self, frame: Pixels, rng: np.random.Generator) -> Pixels:
        """Return a frame (uint8 RGB) as it looks: light first, then lens, sensor and compression, as in a camera."""
        import cv2

        made = np.asarray(cv2.transform(frame, self._matrix()), dtype=np.uint8)
        if self.blur > 0.05:
            made = np.asarray(cv2.GaussianBlur(made, (0, 0), self.blur), dtype=np.uint8)
        if self.noise > 0.0:
            grain = rng.standard_normal(made.shape, dtype=np.float32) * np.float32(self.noise)
            made = np.clip(np.rint(made + grain), 0, 255).astype(np.uint8)
        if self.quality < WHOLE:
            options = [cv2.IMWRITE_JPEG_QUALITY, round(self.quality)]
            packed = cv2.imencode(".jpg", cv2.cvtColor(made, cv2.COLOR_RGB2BGR), options)[1]
            made = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)
        return made

    def _matrix(self) -> np.ndarray:
        """Return saturation about luma, contrast about mid grey and brightness as one matrix [3, 4]."""
        linear = self.saturation * np.eye(3) + (1.0 - self.saturation) * np.tile(LUMA, (3, 1))
        offset = self.brightness * 127.5 * (1.0 - self.contrast)
        return np.column_stack([self.brightness * self.contrast * linear, np.full(3, offset)])


@dataclass(frozen=True)
class Appearance(Transform):
    """Change colour, sharpness, noise and compression of a video, in all frames alike.

    One draw per child: brightness, contrast and saturation by up to the share `colour` either way, Gaussian blur with a
    standard deviation of up to `blur` pixels, Gaussian noise of up to `noise` grey levels (new in every frame, as
    of a sensor), JPEG compression at a quality from `quality` to 100. With a `drift` above 0 a second look is drawn and
    the video moves evenly from the first towards it, the share `drift` of the way by its end: light that changes,
    focus that is lost. Times and sound stay as they are. Colour, blur and noise 0 with quality 100 change nothing.

    When it hurts: where the label is a colour, a blur or a grain (ripeness, a defect of the lens). Compression is that
    of single pictures; blocks that move with the picture, as video codecs leave them, are something else.

    Example::

        - {name: looks, op: video.appearance, from: task, rounds: 2, with: {colour: 0.3, drift: 0.5}}
    """

    name: ClassVar[str] = "video.appearance"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    writes: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    makes: ClassVar[str] = "children"

    video: str = "video"
    colour: float = 0.25
    blur: float = 1.0
    noise: float = 6.0
    quality: int = 50
    drift: float = 0.0

    def __post_init__(self) -> None:
        part_names(video=self.video)
        within("colour", self.colour, 0.0, 0.9)
        within("blur", self.blur, 0.0, 50.0)
        within("noise", self.noise, 0.0, 128.0)
        within("quality", self.quality, 1, WHOLE)
        within("drift", self.drift, 0.0, 1.0)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child that looks different per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        files_of(sample, self.video)
        first, other = self._look(rng), self._look(rng)
        last = first.towards(other, self.drift)
        facts = {"video_look": str(first)}
        if first == last == Look():
            return sample.child(self.name, parts=inherited(sample, {}), facts=facts)
        part = frames_changed(sample, self.video, lambda share, frame: first.towards(last, share).of(frame, rng))
        return sample.child(self.name, parts=inherited(sample, {self.video: part}), facts=facts)

    def _look(self, rng: np.random.Generator) -> Look:
        brightness, contrast, saturation = (1.0 + self.colour * rng.uniform(-1.0, 1.0, 3)).tolist()
        blur, noise, packed = rng.random(3).tolist()
        quality = WHOLE - (WHOLE - self.quality) * packed
        return Look(brightness, contrast, saturation, self.blur * blur, self.noise * noise, quality)
