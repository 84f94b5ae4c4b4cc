"""What an op may ask of a sample: the content of a part, or a DataError that says why there is none."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Kind, Part, Sample
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.codecs import decode_image, decode_vector, decode_wave
from shisaku.store.white import over_white

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels, Wave


def part_of(sample: Sample, name: str, kind: Kind) -> Part:
    """Return the part of that name. Raises DataError where it is missing or of another kind."""
    part = sample.parts.get(name)
    if part is None:
        raise DataError(say("There is no part named {part}", part=name), where=sample.id)
    if part.kind != kind:
        raise DataError(
            say("Part {part} is {found}, where {wanted} is needed", part=name, found=part.kind, wanted=kind),
            where=sample.id,
        )
    return part


def image_of(sample: Sample, name: str) -> Pixels:
    """Return the image as it is: uint8 [height, width, 3 or 4]. Raises DataError."""
    image: Pixels = decode_image(part_of(sample, name, "image"))
    return image


def rgb_of(sample: Sample, name: str) -> Pixels:
    """Return the image over white ground: uint8 [height, width, 3]. Raises DataError.

    The last one is remembered, as `decode_image` remembers its own.
    """
    image = image_of(sample, name)
    if getattr(_LAST, "image", None) is not image:
        _LAST.image, _LAST.rgb = image, over_white(image)
    last: Pixels = _LAST.rgb
    return last


_LAST = threading.local()


def wave_of(sample: Sample, name: str) -> tuple[Wave, int]:
    """Return the mono wave (float32 [samples] in [-1, 1]) and its rate in Hz. Raises DataError if empty."""
    wave, rate = decode_wave(part_of(sample, name, "audio"))
    if wave.size == 0:
        raise DataError(say("Recording {part} is empty", part=name), where=sample.id)
    return wave, rate


def text_of(sample: Sample, name: str, *, may_be_empty: bool = False) -> str:
    """Return the text without outer white space. Raises DataError if it is empty or not UTF-8."""
    part = part_of(sample, name, "text")
    try:
        text = part.text.strip()
    except UnicodeDecodeError:
        raise DataError(say("Text {part} is not UTF-8", part=name), where=sample.id) from None
    if not text and not may_be_empty:
        raise DataError(say("Text {part} is empty", part=name), where=sample.id)
    return text


def vector_of(sample: Sample, name: str) -> npt.NDArray[np.float32]:
    """Return the embedding: float32 [d]. Raises DataError if it is empty or not finite."""
    vector = decode_vector(part_of(sample, name, "embedding"))
    if vector.size == 0 or not np.isfinite(vector).all():
        raise DataError(say("Embedding {part} is empty or not finite", part=name), where=sample.id)
    return vector
