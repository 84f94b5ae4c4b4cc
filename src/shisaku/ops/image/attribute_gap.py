"""Which plain attributes of pictures give the made ones away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.message import Message, say
from shisaku.ops.attribute_gap import AttributeGap
from shisaku.ops.image.subject import as_seen, grey_of, noise_level
from shisaku.ops.limits import part_names
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

BANDS = {"low_frequencies": (0.0, 0.08), "middle_frequencies": (0.08, 0.2), "high_frequencies": (0.2, 0.5)}
SMALLEST = 8  # pixels of a side under which a spectrum says nothing
EMPTY = 1e-6

WORDS: Mapping[str, tuple[Message, Message]] = {
    "brightness": (say("brighter"), say("darker")),
    "contrast": (say("richer in contrast"), say("poorer in contrast")),
    "saturation": (say("more saturated"), say("less saturated")),
    "red_green": (say("redder"), say("greener")),
    "yellow_blue": (say("yellower"), say("bluer")),
    "sharpness": (say("sharper"), say("less sharp")),
    "noise": (say("noisier"), say("less noisy")),
    "low_frequencies": (say("more of low frequencies"), say("less of low frequencies")),
    "middle_frequencies": (say("more of middle frequencies"), say("less of middle frequencies")),
    "high_frequencies": (say("more of high frequencies"), say("less of high frequencies")),
    "aspect": (say("wider for their height"), say("narrower for their height")),
    "longer_side": (say("larger"), say("smaller")),
}


@dataclass(frozen=True)
class ImageAttributeGap(AttributeGap):
    """Score a made picture by how usual its plain attributes are among the real pictures of the reference.

    The attributes, on white and at a longer side of at most 256 pixels: brightness (mean luma), contrast (its standard
    deviation), saturation (mean of HSV), red - green and yellow - blue (means of Hasler and Suesstrunk's axes),
    sharpness (log10 of the variance of the Laplacian), noise (Immerkaer 1996), the share of the power of the spectrum
    in dB below 0.08, up to 0.2 and up to 0.5 cycles per pixel, aspect (width / height) and the longer side in pixels of
    the original. `raw` is the picture's most extreme attribute in robust standard deviations of the real ones, the
    score the share of real pictures at least as extreme (a conformal p); below `odd_below` it is an issue.
    The Finding compares each attribute: difference of means in pooled standard deviations with its 95 % interval by
    entity (delta method), Wasserstein-1 distance in the same unit, Kolmogorov-Smirnov, p of both corrected by Holm over
    the attributes. An attribute tells if Holm at `alpha` rejects and the distance is at least `warn_from`; ``bad`` from
    `bad_from` on. Under `at_least` pictures on a side nothing is compared.

    What it finds: with 100 made and 100 real stamps on white, in 20 repeats: all made ones darker by 30 grey levels in
    18 (20 levels: 9), blurred by 0.5 pixels in 19 (0.4: 1), noise of 5 grey levels in 16 (3: 3), 80 % of the saturation
    gone in 20 (60 %: 15). With 96 and 96 photographs: brighter by 30 grey levels in 20 (20 levels: 14). Halves of the
    stamps as they are: 1 alarm in 100 repeats.
    When it hurts: it sees no content: pictures with the same light and another subject pass. What differs because the
    classes are mixed differently counts as a gap. Attributes hang together: one change shows in several. With less
    than 20 real pictures no picture is odd by the default.

    Example::

        - {name: image_gap, op: image.attribute_gap, from: made, reference: task}
    """

    name: ClassVar[str] = "image.attribute_gap"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}

    image: str = "image"

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(image=self.image)

    def look(self, sample: Sample) -> list[Any]:
        """Return the attributes of the picture."""
        return [attributes(rgb_of(sample, self.image))]

    def word(self, attribute: str, more: bool) -> Message:
        """Say what a picture with more, or less, of an attribute is."""
        return WORDS[attribute][0 if more else 1]

    def advice(self, attribute: str) -> Message:
        """Say what to do about a gap in an attribute."""
        if attribute in ("aspect", "longer_side"):
            return say("Crop or scale made pictures as the real ones are, before anything else is compared")
        if attribute in ("sharpness", "noise") or attribute in BANDS:
            return say("Bring noise, blur and compression to that of the real pictures (image.degrade, image.fourier)")
        return say("Match light and colours to real training pictures (image.colour_match)")


def attributes(image: Pixels) -> dict[str, float]:
    """Return the plain attributes of an RGB picture."""
    import cv2

    seen = as_seen(image)
    grey = grey_of(seen)
    red, green, blue = seen.reshape(-1, 3).mean(axis=0)
    laplacian = cv2.Laplacian(grey, cv2.CV_32F)
    found = {
        "brightness": float(grey.mean()),
        "contrast": float(grey.std()),
        "saturation": float(cv2.cvtColor(seen, cv2.COLOR_RGB2HSV)[:, :, 1].mean()),
        "red_green": float(red - green),
        "yellow_blue": float((red + green) / 2 - blue),
        "sharpness": float(np.log10(float(laplacian.var()) + 1.0)),
        "noise": noise_level(grey),
        "aspect": image.shape[1] / image.shape[0],
        "longer_side": float(max(image.shape[:2])),
    }
    return {**found, **_bands(grey)}


def _bands(grey: Pixels) -> dict[str, float]:
    """Return the share of the power in each band of frequencies in dB; a picture of one grey has none."""
    from scipy import fft

    height, width = grey.shape
    if min(height, width) < SMALLEST:
        return {}
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1]).astype(np.float32)
    power = np.square(np.abs(fft.rfft2((grey - np.float32(grey.mean())) * window)))
    if not power.sum() > EMPTY:
        return {}
    radius = np.hypot(fft.fftfreq(height)[:, None], fft.rfftfreq(width)[None])
    total = float(power[radius <= 0.5].sum())
    return {
        name: float(10.0 * np.log10(power[(radius > low) & (radius <= high)].sum() / total + EMPTY))
        for name, (low, high) in BANDS.items()
    }
