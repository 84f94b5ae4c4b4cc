"""An image file to the canonical PNG. Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import encode_image, encode_pixels
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.marks import mark_facts
from shisaku.store.media import as_file, first_bytes, suffix

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# Only formats that are pixels: EPS and PDF would start other programs.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "AVIF")
FIRST_BYTES = 512
DEEP = 0xFFFF
GPS = 0x8825  # the EXIF tag that holds where a picture was taken
DETAILS = 0x8769  # the EXIF tag under which the camera describes itself
SERIALS = (0xA431, 0xA435)  # of body and lens
OWNERS = (0xA430, 0x013B, 0x9C9D)  # camera owner, artist, author


def look_at_image(media: Path | bytes, limits: Limits) -> Decoded:
    """Return the facts in the header, nothing decoded. Raises MediaError."""
    with _opened(media, limits) as picture:
        return Decoded(b"", {**_size_fact(picture), **mark_facts(media)})


def read_image(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode an image to PNG: upright (EXIF), 8 bit, RGB or RGBA, first frame, at most `limits.max_side` a side.

    Raises MediaError, and whatever Pillow raises on damaged files.
    """
    pixels, facts = _decoded(media, limits)
    return Decoded(encode_image(pixels), facts)


def read_pixels(media: Path | bytes, limits: Limits) -> Decoded:
    """Decode an image as `read_image` does, to a form that costs nothing to read again. Raises the same."""
    pixels, facts = _decoded(media, limits)
    return Decoded(encode_pixels(pixels), facts)


def _decoded(media: Path | bytes, limits: Limits) -> tuple[npt.NDArray[np.uint8], dict[str, str]]:
    from PIL import ImageOps

    with _opened(media, limits) as picture:
        facts = {**_size_fact(picture), **mark_facts(media), **_personal_facts(picture)}
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            facts["frame"] = "first of several"
        if picture.mode == "RGB":
            # JPEG can leave out detail while decoding; twice the target loses nothing that one can see. The target
            # has the picture's own shape: asked for a square, Pillow goes by the shorter side and leaves out less.
            share = min(1.0, 2 * limits.max_side / max(picture.size))
            picture.draft("RGB", (round(picture.width * share), round(picture.height * share)))
        picture.load()
        upright = _eight_bits(ImageOps.exif_transpose(picture), facts)
        small = shrunk(upright, limits.max_side, facts)
        return np.asarray(small), facts


def _opened(media: Path | bytes, limits: Limits) -> Picture:
    from PIL import Image, UnidentifiedImageError

    start = first_bytes(media, FIRST_BYTES).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if suffix(media) in (".svg", ".svgz") or start.startswith((b"<svg", b"<?xml")):
        raise MediaError(say("SVG is a drawing, not pixels: export it as PNG"))
    try:
        picture = Image.open(as_file(media), formats=FORMATS)
    except UnidentifiedImageError:
        raise MediaError(say("This is not an image in a format that is read ({formats})", formats=_formats())) from None
    width, height = picture.size
    if width * height > limits.pixels:
        picture.close()
        raise MediaError(
            say(
                "The image says it has {width} x {height} pixels; the limit is {limit} million",
                width=width,
                height=height,
                limit=round(limits.pixels / 1e6),
            )
        )
    return picture


def _formats() -> str:
    return ", ".join(FORMATS)


def _size_fact(picture: Picture) -> dict[str, str]:
    return {"size": f"{picture.width}x{picture.height}"}


def _eight_bits(picture: Picture, facts: dict[str, str]) -> Picture:
    from PIL import Image

    if picture.mode == "F":
        raise MediaError(say("The pixels are floating-point numbers without a known range: export it as 8-bit PNG"))
    if picture.mode.startswith("I"):
        values = np.asarray(picture)
        if values.min() < 0 or values.max() > DEEP:
            raise MediaError(say("The pixels are 32-bit numbers without a known range: export it as 8-bit PNG"))
        facts["bits"] = "16 to 8"
        picture = Image.fromarray((values.astype(np.uint32) >> 8).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _personal_facts(picture: Picture) -> dict[str, str]:
    """Say which personal data stand in the EXIF header; what they say is nobody's business here."""
    exif = picture.getexif()
    if not exif:
        return {}
    tags = {**exif, **exif.get_ifd(DETAILS)}
    there = {
        "gps": bool(exif.get_ifd(GPS)),
        "camera_serial": any(tags.get(tag) for tag in SERIALS),
        "owner": any(tags.get(tag) for tag in OWNERS),
    }
    return {name: "present" for name, found in there.items() if found}


def shrunk(picture: Picture, max_side: int, facts: dict[str, str]) -> Picture:
    """Return a picture made smaller until its longest side is `max_side`; the fact `shrunk` says so."""
    from PIL import Image

    longest = max(picture.size)
    original = max(int(side) for side in facts["size"].split("x"))
    if longest > max_side:
        size = tuple(max(1, round(side * max_side / longest)) for side in picture.size)
        picture = picture.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if original > max_side:
        facts["shrunk"] = f"{picture.width}x{picture.height}"
    return picture
