"""Whether a plain property of the picture (brightness, background, size) gives a label away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.message import Message, say
from shisaku.ops.limits import part_names
from shisaku.ops.reading import image_of
from shisaku.ops.telling import ToldBy
from shisaku.store.white import over_white

BORDER = 0.06  # of the shorter side
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Shortcut(ToldBy):
    """Score a picture by how few plain properties of its pixels answer its label (1: none does).

    The properties: brightness and contrast of all pixels, brightness and two colour axes (red - green, yellow - blue)
    of the outer 6 % as the background, colourfulness (Hasler and Suesstrunk 2003), width, height, aspect, and the
    share of transparent pixels. Each alone predicts the label as in `dataset.giveaway`: a one-feature tree with
    balanced classes, 5-fold cross-validation by entity, balanced accuracy of the best-told class against the rest
    with interval, permutation p, Holm over the properties. That a model takes such a shortcut is Geirhos et al.
    (Nature Machine Intelligence 2:665, 2020). `raw` counts the telling properties that answer the sample's label.

    What it finds: 40 grey levels on one class of 400 digits (ten classes, labels shuffled before) in 10 of 10 repeats
    where 60 % of the brightened pictures were of that class, 3 of 10 at 40 %; a green edge of 2 pixels on MNIST from
    40 % on (8 of 10). With the same pictures brightened in all classes alike it raised an alarm in 1 of 60 (95 %: 0
    to 9 %).
    When it hurts: a property can belong to the class (a 1 has less ink than an 8): the finding shows what a model
    could learn instead of the content, and you judge. Textures, objects in the background and marks are not seen.

    Example::

        - {name: shortcuts, op: image.shortcut, from: data, with: {image: image, label: class}}
    """

    name: ClassVar[str] = "image.shortcut"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}

    image: str = "image"

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(image=self.image)

    def _fields(self, sample: Sample) -> Mapping[str, str]:
        pixels = image_of(sample, self.image)
        rgb = over_white(pixels).astype(np.float32)
        height, width = rgb.shape[:2]
        grey = rgb @ LUMA.astype(np.float32)
        edge = max(1, round(BORDER * min(height, width)))
        outside = np.ones((height, width), bool)
        outside[edge : height - edge, edge : width - edge] = False
        red, green, blue = rgb[outside].mean(axis=0)
        found = {
            "brightness": grey.mean(),
            "contrast": grey.std(),
            "background_brightness": grey[outside].mean(),
            "background_red_green": red - green,
            "background_yellow_blue": (red + green) / 2 - blue,
            "colourfulness": _colourfulness(rgb),
            "width": width,
            "height": height,
            "aspect": width / height,
            "transparent": float((pixels[:, :, 3] < 128).mean()) if pixels.shape[2] == 4 else 0.0,
        }
        return {name: f"{float(value):.5g}" for name, value in found.items()}

    def _advice(self, field: str) -> Message:
        return say(
            "Look whether {field} belongs to the class; if not, even it out (normalise, crop, add samples that go "
            "against it) and test on samples that go against it",
            field=field,
        )


def _colourfulness(rgb: np.ndarray) -> float:
    one = rgb[:, :, 0] - rgb[:, :, 1]
    other = (rgb[:, :, 0] + rgb[:, :, 1]) / 2 - rgb[:, :, 2]
    return float(np.hypot(one.std(), other.std()) + 0.3 * np.hypot(one.mean(), other.mean()))
