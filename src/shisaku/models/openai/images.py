"""Painter: pictures from words, and pictures changed by words, in whole or where a mask says."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.guard.call import Call, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Reply
from shisaku.guard.sent import sent
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.envelope import picture
from shisaku.models.openai.exchange import Exchange, whole
from shisaku.models.openai.form import fields, file
from shisaku.models.openai.shown import bounded, part_of, png, side_of, sized, told
from shisaku.models.openai.untrusted import as_image
from shisaku.models.openai.usage import PAINTED, charged_by_tokens, image_tokens, text_tokens
from shisaku.store.codecs import decode_image, encode_image
from shisaku.store.white import over_white

FROM_TEXT: Final = "images/generations"
FROM_IMAGE: Final = "images/edits"
HALF: Final = 128
SKEW: Final = 0.02  # share by which the sides' ratio may be off through rounding


class Images(Exchange):
    """Paints `ask.prompt`; with an image among the parts, changes that one.

    `options`: ``width`` and ``height`` in pixels, ``strength`` where the server knows it; ``mask`` names one of the
    parts, an image that is bright where the picture is to be painted anew.
    """

    def __init__(self, back_end: BackEnd, door: Door) -> None:
        super().__init__("painter", back_end, door, FROM_TEXT, FROM_IMAGE)

    def _call(self, ask: Ask) -> Call:
        if not ask.prompt.strip():
            raise DataError(say("There is nothing to paint: the prompt is empty"))
        mask = ask.options.get("mask")
        if mask and mask not in ask.parts:
            raise DataError(say("The mask {part} is not among the parts that the model sees", part=str(mask)))
        images = [name for name in ask.parts if name != mask and part_of(ask.sample, name).kind == "image"]
        if images:
            return self._edit(ask, images[0], str(mask or ""))
        if mask:
            raise DataError(say("There is a mask and no image that it belongs to"))
        units = self._units(ask)
        return self._request(ask, FROM_TEXT, [told(ask, ask.prompt)], units, body=self._settings(ask))

    def _edit(self, ask: Ask, name: str, mask: str) -> Call:
        side = side_of(self._back_end)
        image, (height, width) = png(part_of(ask.sample, name), side)
        files = {name: ("image", image)}
        if mask:
            hole = bounded(over_white(decode_image(part_of(ask.sample, mask))), side, side)
            if hole.shape[:2] != (height, width):
                raise DataError(say("The mask {part} has another shape than the image", part=mask))
            files[mask] = ("mask", _transparent(hole))
        # A picture that is changed keeps its shape; the size that was asked for bounds it afterwards.
        form = fields({**self._settings(ask), "size": f"{width}x{height}"})
        form += [file(field, data, f"{field}.png", "image/png") for field, data in files.values()]
        leaves = [told(ask, ask.prompt), *(sent(ask.sample, part, data) for part, (_, data) in files.items())]
        return self._request(ask, FROM_IMAGE, leaves, self._units(ask, width, height), form=form)

    def _read(self, ask: Ask, reply: Reply) -> Answer:
        found = picture(reply)
        part = found if isinstance(found, Failure) else as_image(found)
        return part if isinstance(part, Failure) else _fitted(ask, part)

    def _settings(self, ask: Ask) -> dict[str, Any]:
        settings = {"response_format": "b64_json", **self._params(), "prompt": ask.prompt}
        if "width" in ask.options and "height" in ask.options:
            settings["size"] = f"{int(ask.options['width'])}x{int(ask.options['height'])}"
        if "strength" in ask.options:
            settings["strength"] = float(ask.options["strength"])
        return {**settings, "seed": whole(ask.seed)}

    def _units(self, ask: Ask, width: int = 0, height: int = 0) -> Units:
        if not charged_by_tokens(self._back_end):
            return Units(images=1)
        seen = image_tokens(width, height, self._back_end) if width else 0
        return Units(tokens_in=text_tokens(ask.prompt) + seen, tokens_out=PAINTED, images=1)


def _fitted(ask: Ask, part: Part) -> Answer:
    """Return the picture in the size that was asked for: servers have sizes of their own.

    Around a mask the rest must stay in its place, so the picture gets the size of the one that was changed.
    """
    pixels = decode_image(part)
    height, width = pixels.shape[:2]
    mask = ask.options.get("mask")
    if mask:
        high, wide = decode_image(part_of(ask.sample, str(mask))).shape[:2]
        if abs(width * high / (height * wide) - 1) > SKEW:
            return Failure(say("The picture came back in another shape than the one that was to be changed"))
        fit = sized(pixels, wide, high) if (wide, high) != (width, height) else pixels
    elif "width" in ask.options and "height" in ask.options:
        fit = bounded(pixels, int(ask.options["width"]), int(ask.options["height"]))
    else:
        fit = pixels
    return part if fit is pixels else Part("image", encode_image(fit))


def _transparent(hole: npt.NDArray[np.uint8]) -> bytes:
    """Return a mask as the interface wants it: transparent where it is to be painted anew, and nothing of the image."""
    alpha = np.where(hole.max(axis=2) >= HALF, 0, 255).astype(np.uint8)
    return encode_image(np.dstack([np.zeros_like(hole), alpha]))
