"""Painter: a pipeline of diffusers in a folder, from words, from a picture, or where a mask says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.shown import bounded, part_of, sized
from shisaku.models.torch_local.device import device_of, dtype_of
from shisaku.models.torch_local.libraries import diffusers_library, torch_library
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.models.torch_local.sampling import generator
from shisaku.store.codecs import decode_image, encode_image
from shisaku.store.white import over_white

PIPELINES: Final = {
    "text": "AutoPipelineForText2Image",
    "image": "AutoPipelineForImage2Image",
    "mask": "AutoPipelineForInpainting",
}
UNIT: Final = 16  # pixels; the sides that every encoder of pictures divides
SIDE: Final = 512  # pixels
HALF: Final = 128
STRENGTH: Final = 0.6

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Canvas:
    """What is painted on: the picture that is changed and the mask, at the size of the work and as they were."""

    width: int
    height: int
    image: Pixels | None = None
    mask: Pixels | None = None


class FolderPainter(Resident):
    """Paints `ask.prompt`; with an image among the parts, changes that one by `options.strength` (0 keeps it).

    The noise of each picture is drawn on the processor from the seed of its ask. The work is done at sides that are
    multiples of 16; around a mask every pixel stays as it was. `width` and `height` of the options bound the picture.
    Words beyond what the text encoder reads (CLIP: 77 tokens) are not painted.
    """

    def _open(self) -> None:
        self._pipelines: dict[str, Any] = {}

    def _prepare(self, ask: Ask) -> Item:
        if not ask.prompt.strip():
            raise DataError(say("There is nothing to paint: the prompt is empty"))
        mask = str(ask.options.get("mask") or "")
        if mask and mask not in ask.parts:
            raise DataError(say("The mask {part} is not among the parts that the model sees", part=mask))
        images = [name for name in ask.parts if name != mask and part_of(ask.sample, name).kind == "image"]
        if mask and not images:
            raise DataError(say("There is a mask and no image that it belongs to"))
        wide, high = int(ask.options.get("width", SIDE)), int(ask.options.get("height", SIDE))
        if not images:
            return Item(ask, ("text", wide, high), Canvas(wide, high))
        strength = float(ask.options.get("strength", STRENGTH))
        canvas = _canvas(ask, images[0], mask, wide, high)
        return Item(ask, ("mask" if mask else "image", canvas.width, canvas.height, strength), canvas)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        way, width, height, *rest = _shape(items[0])
        canvases: list[Canvas] = [item.inputs for item in items]
        if rest and rest[0] == 0:
            return [Part("image", encode_image(_pixels(one))) for one in canvases]
        words: dict[str, Any] = {"prompt": [item.ask.prompt for item in items], "output_type": "np"}
        if self._settings.negative:
            words["negative_prompt"] = [self._settings.negative] * len(items)
        if self._settings.guidance >= 0:
            words["guidance_scale"] = self._settings.guidance
        words["generator"] = [generator(torch_library(), item.ask.seed) for item in items]
        words["num_inference_steps"] = self._settings.steps
        size = {"width": _whole(width), "height": _whole(height)}
        if way == "text":
            made = self._pipeline(way)(**words, **size)
        else:
            words["image"] = [_picture(_pixels(one), **size) for one in canvases]
            words["strength"] = rest[0]
            # So many that at least one is left of those that the strength lets run.
            words["num_inference_steps"] = max(self._settings.steps, math.ceil(1 / rest[0]))
            if way == "mask":
                words |= {"mask_image": [_picture(_mask(one), **size) for one in canvases], **size}
            made = self._pipeline(way)(**words)
        withheld = getattr(made, "nsfw_content_detected", None) or [False] * len(items)
        return [_finished(*one) for one in zip(canvases, made.images, withheld, strict=True)]

    def _pipeline(self, way: str) -> Any:
        """Return the pipeline for one way of painting; all share one set of weights."""
        if way not in self._pipelines:
            cls = getattr(diffusers_library(), PIPELINES[way])
            if self._pipelines:
                made = cls.from_pipe(next(iter(self._pipelines.values())))
            else:
                device = device_of(self._settings)
                dtype = dtype_of(self._settings, device)
                kind = {} if dtype == "auto" else {"torch_dtype": dtype}
                made = cls.from_pretrained(
                    self._folder.path, use_safetensors=True, local_files_only=True, trust_remote_code=False, **kind
                ).to(device)
            made.set_progress_bar_config(disable=True)
            self._pipelines[way] = made
        return self._pipelines[way]


def _canvas(ask: Ask, name: str, mask: str, wide: int, high: int) -> Canvas:
    image = over_white(decode_image(part_of(ask.sample, name)))
    if not mask:
        image = bounded(image, wide, high)
        return Canvas(image.shape[1], image.shape[0], image)
    hole = over_white(decode_image(part_of(ask.sample, mask)))
    if hole.shape[:2] != image.shape[:2]:
        raise DataError(say("The mask {part} has another shape than the image", part=mask))
    work = bounded(image, wide, high)
    return Canvas(work.shape[1], work.shape[0], image, hole)


def _shape(item: Item) -> tuple[Any, ...]:
    assert isinstance(item.shape, tuple)  # noqa: S101 - as `_prepare` makes it
    return item.shape


def _pixels(canvas: Canvas) -> Pixels:
    assert canvas.image is not None  # noqa: S101 - only canvases with a picture come here
    return canvas.image


def _mask(canvas: Canvas) -> Pixels:
    assert canvas.mask is not None  # noqa: S101 - only canvases with a mask come here
    return np.where(canvas.mask.max(axis=2, keepdims=True) >= HALF, np.uint8(255), np.uint8(0)).repeat(3, axis=2)


def _whole(side: int) -> int:
    return max(UNIT, round(side / UNIT) * UNIT)


def _picture(pixels: Pixels, width: int, height: int) -> Any:
    from PIL import Image

    return Image.fromarray(sized(pixels, width, height))


def _finished(canvas: Canvas, made: Any, withheld: bool) -> Answer:
    if withheld:
        return Failure(say("The painter's own safety checker withheld the picture"))
    if not np.isfinite(made).all():
        return Failure(say("The painter made values that are not numbers: try another dtype"))
    pixels = np.rint(np.clip(made, 0, 1) * 255).astype(np.uint8)
    if canvas.mask is None:
        return Part("image", encode_image(_fit(pixels, canvas.width, canvas.height)))
    whole = _fit(pixels, _pixels(canvas).shape[1], _pixels(canvas).shape[0])
    return Part("image", encode_image(np.where(_mask(canvas) > 0, whole, _pixels(canvas))))


def _fit(pixels: Pixels, width: int, height: int) -> Pixels:
    return pixels if pixels.shape[:2] == (height, width) else sized(pixels, width, height)
