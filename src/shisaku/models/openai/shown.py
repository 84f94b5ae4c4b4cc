"""The parts of a sample as a model elsewhere sees them, each told as what leaves."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.back_end import BackEnd
from shisaku.core.sample import Kind, Part, Sample
from shisaku.errors import DataError
from shisaku.guard.call import Sent
from shisaku.guard.sent import sent
from shisaku.message import say
from shisaku.models.ask import Ask
from shisaku.models.openai.usage import image_tokens, sound_tokens, text_tokens
from shisaku.store.codecs import decode_image, decode_wave, encode_image
from shisaku.store.white import over_white

SIDE: Final = 1024  # pixels
QUALITY: Final = 90
PROMPT: Final = "prompt"
SIGNATURE: Final = b"\x89PNG"  # samples that are only measured hold pixels in another form
HEAD: Final = struct.Struct(">16xIIxB")
RGB: Final = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of a message: its content, what leaves of it, and the tokens and seconds it takes at most."""

    content: Mapping[str, Any]
    sent: Sent
    tokens: int
    seconds: float = 0.0


def shown(sample: Sample, name: str, back_end: BackEnd) -> Shown:
    """Return a part as a piece of a chat message. Raises DataError for a kind that no chat model takes."""
    part = part_of(sample, name)
    if part.kind == "image":
        return _image(sample, name, part, back_end)
    if part.kind == "audio":
        seconds = seconds_of(part)
        content = {"type": "input_audio", "input_audio": {"data": _coded(part.data), "format": "wav"}}
        return Shown(content, sent(sample, name), sound_tokens(seconds), seconds)
    if part.kind in ("text", "table"):
        return _written(part.data.decode(), sent(sample, name))
    raise DataError(say("Part {part} is {kind}, which cannot be shown to this model", part=name, kind=part.kind))


def asked(ask: Ask, text: str) -> Shown:
    """Return a text about the sample, written by an op or a role, as a piece of a chat message."""
    return _written(text, told(ask, text))


def told(ask: Ask, text: str) -> Sent:
    """Return what the guard must know of a text that is no part.

    It was made, by a recipe or a model; where a text of the sample stands in it word for word, it is as real as that
    one, and only what is attested of all such texts is attested of it. An example of another sample makes it real.
    """
    held, sample = _plain(text), ask.sample
    texts = [name for name, part in sample.parts.items() if part.kind == "text" and _plain(part.text) in held]
    quoted = [sent(sample, name) for name in texts]
    depth = min((one.depth for one in quoted), default=max(1, sample.depth))
    attested = set.intersection(*(set(one.redactions) for one in quoted)) if quoted else set[str]()
    if any(_plain(str(example)) in held for example in ask.options.get("examples", ())):
        depth, attested = 0, set()
    return Sent(
        sample.id, PROMPT, "text", text.encode(), sample.licence, sample.consent, depth, tuple(sorted(attested))
    )


def words_of(ask: Ask) -> tuple[str, Sent]:
    """Return the prompt, or else the first text among the parts, and what leaves of it. Raises DataError."""
    if ask.prompt:
        texts = (name for name in ask.parts if ask.sample.parts[name].kind == "text")
        same = next((name for name in texts if ask.sample.parts[name].text == ask.prompt), None)
        return ask.prompt, sent(ask.sample, same) if same else told(ask, ask.prompt)
    name = one_of(ask.sample, ask.parts, "text")
    return ask.sample.parts[name].text, sent(ask.sample, name)


def part_of(sample: Sample, name: str) -> Part:
    """Return a part. Raises DataError where there is none of that name."""
    if name not in sample.parts:
        raise DataError(say("There is no part named {part}", part=name), where=sample.id)
    return sample.parts[name]


def one_of(sample: Sample, names: tuple[str, ...], kind: Kind) -> str:
    """Return the first part of `kind` among `names`. Raises DataError where there is none."""
    for name in names:
        if part_of(sample, name).kind == kind:
            return name
    raise DataError(say("The model needs a part that is {kind}, and was given none", kind=kind), where=sample.id)


def seconds_of(part: Part) -> float:
    """Return the length of a recording. Raises MediaError."""
    wave, rate = decode_wave(part)
    return float(wave.size / rate)


def side_of(back_end: BackEnd) -> int:
    """Return the longest side of an image that is sent, in pixels."""
    return int(back_end.params.get("image_side", SIDE))


def bounded(pixels: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return an image made smaller until it is at most so wide and so high."""
    scale = min(width / pixels.shape[1], height / pixels.shape[0])
    if scale >= 1:
        return pixels
    return sized(pixels, max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))


def sized(pixels: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return an image of exactly this size."""
    import cv2

    way = cv2.INTER_AREA if width < pixels.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=way), np.uint8)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _written(text: str, leaves: Sent) -> Shown:
    return Shown({"type": "text", "text": text}, leaves, text_tokens(text))


def _image(sample: Sample, name: str, part: Part, back_end: BackEnd) -> Shown:
    jpeg = back_end.params.get("image_format") == "jpeg"
    data, (height, width) = (_jpeg if jpeg else png)(part, side_of(back_end))
    address = f"data:image/{'jpeg' if jpeg else 'png'};base64,{_coded(data)}"
    content = {"type": "image_url", "image_url": {"url": address}}
    return Shown(content, sent(sample, name, data), image_tokens(width, height, back_end))


def png(part: Part, side: int) -> tuple[bytes, tuple[int, int]]:
    """Return an image of at most `side` pixels over white as PNG, with height and width. Raises MediaError.

    Over white: a model that ignores alpha would otherwise see what the alpha hides. An image that is fit to be sent is
    sent as it is, for what is attested of it counts for no other bytes.
    """
    width, height, colour = _head(part.data)
    if colour == RGB and max(width, height) <= side:
        return part.data, (height, width)
    fit = bounded(over_white(decode_image(part)), side, side)
    return encode_image(fit), (fit.shape[0], fit.shape[1])


def _head(data: bytes) -> tuple[int, int, int]:
    """Return width, height and colour type of a PNG from its header, zeros for any other form."""
    if not data.startswith(SIGNATURE) or len(data) < HEAD.size:
        return 0, 0, 0
    width, height, colour = HEAD.unpack_from(data)
    return width, height, colour


def _jpeg(part: Part, side: int) -> tuple[bytes, tuple[int, int]]:
    import cv2

    fit = bounded(over_white(decode_image(part)), side, side)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(fit, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise DataError(say("The image could not be written as JPEG"))
    return bytes(data.tobytes()), (fit.shape[0], fit.shape[1])


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()
