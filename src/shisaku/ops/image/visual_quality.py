"""Whether an image is sharp, well exposed, clean, and shows anything at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.image.ground import Mask, ground_mask
from shisaku.ops.image.subject import SMALLEST, as_seen, bits, noise_level
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

# Where each of the four starts to count against the image (score 1 above) and where it is useless (score 0).
SHARP = (10.0, 300.0)  # variance of the Laplacian of the subject, grey levels squared
CLIPPED = (0.85, 0.35)  # share of the subject's pixels that are black or white
CONTENT = (0.5, 2.0)  # bits per pixel of the subject's grey histogram of 32 bins
NOISE = (30.0, 14.0)  # standard deviation of the noise, grey levels


@dataclass(frozen=True)
class VisualQuality(Metric):
    """Score the technical quality of an image: the worst of sharpness, exposure, content and noise.

    The image is laid on white and made smaller until its longer side has 256 pixels, about what a model sees.
    Sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000) of the subject, exposure the share
    of its pixels that are black or white, content the entropy of its grey histogram, noise the estimate of
    Immerkaer (1996). Each is mapped linearly (sharpness: logarithmically) to [0, 1]; the score is the
    smallest. `raw` is the variance of the Laplacian. Below `issue_below` it is called an issue.

    What it finds: black, white, one-coloured and very dark images always. In 60 photographs (12 damaged), blur of
    2 pixels at 256 (standard deviation) in all, of 1.5 in 75 %, of 1 in 8 %; 3 stops under-exposed in 92 %, 2.5 in
    58 %, with none of the whole ones called. Noise is planted before a photograph is made smaller, which averages
    it away: none called up to 80 grey levels; at 256 pixels noise of 50 levels in 96 %. In small pictures and
    symbols no limit: it called 25 % [15, 38] of 60 that are whole.
    When it hurts: drawings with few colours, silhouettes and soft-focus photographs score low although
    nothing is wrong with them. It sees no wrong content: a sharp image of the wrong thing scores high.

    Example::

        - {name: quality, op: image.visual_quality, from: [composite, restyled]}
    """

    name: ClassVar[str] = "image.visual_quality"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"

    image: str = "image"
    issue_below: float = 0.2

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [score, variance of the Laplacian]."""
        found = measurable(batch, lambda sample: quality(rgb_of(sample, self.image)))
        return {sample: list(pair) for sample, pair in found.items()}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per image, by sample id."""
        return [
            Score(sample, self.name, value, raw, value < self.issue_below)
            for sample, (value, raw) in sorted(state.items())
        ]


def quality(image: Pixels) -> tuple[float, float]:
    """Return (score in [0, 1], variance of the Laplacian of the subject) of an RGB image."""
    import cv2

    image = as_seen(image)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    ground = ground_mask(image)
    subject: Mask = np.ones(grey.shape, np.bool_) if ground is None else ~ground
    if subject.mean() < SMALLEST:
        return 0.0, 0.0
    sharpness = float(cv2.Laplacian(grey, cv2.CV_32F)[subject].var())
    darkest, lightest = image.min(axis=2), image.max(axis=2)
    black_or_white: Mask = (lightest <= 2) | (darkest >= 253)
    parts = (
        _between(np.log(max(sharpness, 1e-6)), np.log(SHARP[0]), np.log(SHARP[1])),
        _between(float(black_or_white[subject].mean()), *CLIPPED),
        _between(entropy(grey[subject]), *CONTENT),
        _between(noise_level(grey), *NOISE),
    )
    return min(parts), sharpness


def entropy(grey: Pixels) -> float:
    """Return the entropy in bits of the grey histogram of 32 equal bins; grey uint8 of any shape."""
    return bits(np.bincount((grey >> 3).ravel(), minlength=32) / grey.size)


def _between(value: float, useless: float, good: float) -> float:
    return float(np.clip((value - useless) / (good - useless), 0.0, 1.0))
