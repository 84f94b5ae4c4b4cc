"""Whether a picture is sharp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.grade import higher_is_better
from shisaku.ops.image.subject import Look, histogram, quantile
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels
    from shisaku.ops.image.ground import Mask

SHARPEST = 0.99  # the sharpest hundredth decides: a picture with a soft ground is not blurred
FLAT = 5  # grey levels across 3 pixels: below, there is no edge that could be sharp or not
EDGELESS = 3.0
BEND = np.array([[1.0, -2.0, 1.0]], dtype=np.float32)


@dataclass(frozen=True)
class Blur(Metric):
    """Score the sharpness of a picture at its sharpest edges.

    The picture is laid on white and made smaller until its longer side has 256 pixels. Along rows and along columns:
    the 99th percentile of the second difference of the luma over that of the first (central), of the subject without
    its outline where the picture has a plain ground. That is how fast the sharpest edges bend, per pixel; contrast
    cancels out. `raw` is the smaller of the two, since a shaken picture is blurred along one direction only. (The
    variance of the Laplacian, Pech-Pacheco et al. 2000, which is in common use, mixes sharpness with contrast: at
    4 % false alarms it finds 31 % of 538 cut-outs and drawings blurred by 1 pixel.) Below `issue_below` it is an issue;
    the score is 0.5 there. A picture without any edge counts as sharp (3); see image.information for it.

    What it finds: in 192 photographs a Gaussian blur of 1 pixel (standard deviation, at 256 pixels) with recall 1.0
    (0.75: 0.76), in 300 cut-outs and drawings with recall 0.80 at least; a shake along a line of 5 pixels with recall
    0.87 in photographs (3: 0.61), of 8 pixels with 1.0 in cut-outs (5: 0.63). False alarms: 0.5 % of the photographs,
    4 % of the cut-outs and drawings.
    When it hurts: one sharp spot is enough, so a sharp frame, caption or watermark hides a blurred picture, and noise
    hides blur. Drawings with soft shading, and enlarged pictures, are called blurred although nobody blurred them.

    Example::

        - {name: blur, op: image.blur, with: {issue_below: 0.8}}
    """

    name: ClassVar[str] = "image.blur"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below"})

    image: str = "image"
    issue_below: float = 1.0

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("issue_below", self.issue_below, 0.0, 4.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> sharpness per pixel."""
        return dict(measurable(batch, lambda sample: sharpness(rgb_of(sample, self.image))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        made = []
        for sample, sharp in sorted(state.items()):
            issue = sharp < self.issue_below
            reason = say(
                "Blurred: sharpness {sharp:.2f} at the sharpest edges, below {limit:.2f}",
                sharp=sharp,
                limit=self.issue_below,
            )
            value = higher_is_better(sharp, self.issue_below)
            made.append(Score(sample, self.name, value, sharp, issue, reason if issue else None))
        return made


def sharpness(image: Pixels) -> float:
    """Return second over first difference at the sharpest edges of an RGB picture, in its worse direction."""
    look = Look.at(image)
    found = _directions(look.grey, look.inside)
    if not found and look.inside is not None:  # nothing but the outline could be sharp
        found = _directions(look.grey, None)
    return min(found, default=EDGELESS)


def _directions(grey: Pixels, mask: Mask | None) -> list[float]:
    import cv2

    levels = np.asarray(cv2.copyMakeBorder(grey, 1, 1, 1, 1, cv2.BORDER_REPLICATE))
    twice = (
        cv2.absdiff(levels[1:-1, :-2], levels[1:-1, 2:]),
        cv2.absdiff(levels[:-2, 1:-1], levels[2:, 1:-1]),
    )
    found = []
    for slopes, kernel in zip(twice, (BEND, BEND.T), strict=True):
        slope = quantile(histogram(slopes, mask), SHARPEST)
        bends = cv2.convertScaleAbs(cv2.filter2D(grey, cv2.CV_16S, kernel, borderType=cv2.BORDER_REPLICATE))
        if slope >= FLAT:
            found.append(2.0 * quantile(histogram(bends, mask), SHARPEST) / slope)
    return found
