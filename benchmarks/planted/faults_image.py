"""Faults of pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from planted.fault import Fault, each
from shisaku.core.sample import Part, Sample

Draw = Callable[[Image.Image, float, np.random.Generator], Image.Image]
FEW = 0.03  # a size can be odd only among others that are not


def _changed(draw: Draw, *, outline: bool = False) -> Callable[[Sample, float, np.random.Generator], Sample]:
    """Return what draws into the picture of a sample; transparency is left alone, or drawn into with `outline`."""

    def change(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        picture = Image.open(BytesIO(sample.parts["image"].data))
        seed = int(rng.integers(1 << 31))

        def drawn_into(of: Image.Image) -> Image.Image:
            return draw(of, strength, np.random.default_rng(seed))  # both layers are moved alike

        if picture.mode != "RGBA":
            return _with(sample, drawn_into(picture))
        alpha, ground = picture.getchannel("A"), Image.new("RGB", picture.size, (255, 255, 255))
        ground.paste(picture, mask=alpha)
        drawn = drawn_into(ground if outline else picture.convert("RGB"))
        drawn.putalpha(drawn_into(alpha.convert("RGB")).getchannel("R") if outline else alpha.resize(drawn.size))
        return _with(sample, drawn)

    return change


def _with(sample: Sample, picture: Image.Image) -> Sample:
    held = BytesIO()
    picture.save(held, "PNG")
    facts = {key: value for key, value in sample.facts.items() if key != "image_size"}
    part = Part("image", held.getvalue(), sample.parts["image"].uri)
    return replace(sample.with_part("image", part), facts=facts)


def _blurred(picture: Image.Image, sigma: float, _: np.random.Generator) -> Image.Image:
    """Blur by `sigma` as seen at 256 pixels."""
    return picture.filter(ImageFilter.GaussianBlur(sigma * max(1.0, max(picture.size) / 256)))


def _shaken(picture: Image.Image, length: float, rng: np.random.Generator) -> Image.Image:
    """Average along a line of `length` pixels at 256, in a random direction."""
    angle = rng.uniform(0, np.pi)
    reach = length * max(1.0, max(picture.size) / 256)
    half = int(np.ceil(reach / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1))
    for step in np.linspace(-reach / 2, reach / 2, 201):
        x, y = half + step * np.cos(angle), half + step * np.sin(angle)
        for row in (int(y), int(y) + 1):
            for column in (int(x), int(x) + 1):
                kernel[row, column] += (1 - abs(y - row)) * (1 - abs(x - column))
    moved = cv2.filter2D(np.asarray(picture), -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    return Image.fromarray(moved)


def _levels(change: Callable[[npt.NDArray[np.float64], float, np.random.Generator], npt.NDArray[np.float64]]) -> Draw:
    def draw(picture: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
        values = change(np.asarray(picture, np.float64), strength, rng)
        return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))

    return draw


def _darker(values: npt.NDArray[np.float64], stops: float, _: np.random.Generator) -> npt.NDArray[np.float64]:
    return values / 2**stops


def _lighter(values: npt.NDArray[np.float64], stops: float, _: np.random.Generator) -> npt.NDArray[np.float64]:
    return values * 2**stops


def _fog(values: npt.NDArray[np.float64], white: float, _: np.random.Generator) -> npt.NDArray[np.float64]:
    return 255 * white + values * (1 - white)


def _noise(values: npt.NDArray[np.float64], sd: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    return values + rng.normal(0, sd, values.shape)


def _contrast(values: npt.NDArray[np.float64], lost: float, _: np.random.Generator) -> npt.NDArray[np.float64]:
    return values.mean() + (values - values.mean()) * (1 - lost)


def _covered(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """Lay one colour over a share of the picture, from a random side."""
    values = np.array(picture)
    turned = np.rot90(values, int(rng.integers(4)))
    turned[: round(share * len(turned))] = rng.integers(0, 256, 3)
    return Image.fromarray(values)


def _jpeg(picture: Image.Image, lost: float, _: np.random.Generator) -> Image.Image:
    held = BytesIO()
    picture.save(held, "JPEG", quality=round(100 - lost))
    return Image.open(BytesIO(held.getvalue())).convert("RGB")


def _cropped_jpeg(picture: Image.Image, lost: float, rng: np.random.Generator) -> Image.Image:
    left, top = (int(cut) for cut in rng.integers(1, 8, 2))
    return _jpeg(picture, lost, rng).crop((left, top, *picture.size))


def _smaller(picture: Image.Image, times: float, _: np.random.Generator) -> Image.Image:
    return picture.resize((max(1, round(picture.width / times)), max(1, round(picture.height / times))))


def _stretched(picture: Image.Image, times: float, _: np.random.Generator) -> Image.Image:
    """Crop to a strip whose sides are `times` : 1."""
    long, short = max(picture.size), max(1, round(max(picture.size) / times))
    return picture.resize((long, short) if picture.width >= picture.height else (short, long))


def _both(
    name: str,
    profile: str,
    unit: str,
    strengths: tuple[float, ...],
    draw: Draw,
    share: float = 0.2,
    outline: bool = False,
) -> list[Fault]:
    plant = each(_changed(draw, outline=outline), share)
    return [Fault(f"{name} in {source}", profile, source, unit, strengths, plant) for source in ("photos", "stamps")]


LOST = (30.0, 50.0, 60.0, 70.0, 80.0, 90.0)
STOPS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
SHARE = (0.5, 0.8, 0.9, 0.95, 0.98, 1.0)
SIGMA = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
FAULTS = [
    *_both("blur", "blur", "pixels (sd) at 256", SIGMA, _blurred, outline=True),
    *_both("shake", "blur", "pixels at 256", (1.0, 2.0, 3.0, 5.0, 8.0, 12.0), _shaken, outline=True),
    *_both("under-exposure", "exposure", "stops", STOPS, _levels(_darker)),
    *_both("over-exposure", "exposure", "stops", STOPS, _levels(_lighter)),
    *_both("fog", "exposure", "share of white", (0.2, 0.4, 0.6, 0.7, 0.8, 0.9), _levels(_fog)),
    # A cut-out that lost all of its contrast still shows its outline: photographs only.
    *_both("lost contrast", "low_information", "share lost", SHARE, _levels(_contrast))[:1],
    *_both("covered", "low_information", "share", SHARE, _covered)[:1],
    *_both("noise", "noise", "grey levels (sd)", (5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0), _levels(_noise)),
    *_both("jpeg", "compression", "100 - quality", LOST, _jpeg),
    *_both("cropped jpeg", "compression", "100 - quality", LOST, _cropped_jpeg),
    *_both("smaller", "odd_size", "times a side", (1.5, 2.0, 3.0, 4.0, 8.0, 16.0), _smaller, FEW),
    *_both("stretched", "odd_shape", "to 1", (2.0, 3.0, 4.0, 6.0, 8.0, 12.0), _stretched, FEW),
    *_both("deep blur", "brisque", "pixels (sd) at 256", (0.5, 1.0, 1.5, 2.0, 3.0), _blurred, outline=True),
    *_both("deep noise", "brisque", "grey levels (sd)", (5.0, 10.0, 20.0, 30.0, 60.0), _levels(_noise)),
    *_both("deep jpeg", "brisque", "100 - quality", LOST, _jpeg),
]
