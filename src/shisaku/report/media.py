"""Pictures and sounds small enough to travel inside the page."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from shisaku.errors import ShisakuError
from shisaku.store.codecs import decode_image, decode_wave

if TYPE_CHECKING:
    from shisaku.core.sample import Part

SIDE = 176  # longest side of a thumbnail, pixels
QUALITY = 82
SECONDS = 12.0  # of a recording
RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)  # what MP3 can hold, Hz


def thumbnail(part: Part) -> str | None:
    """Return an image part as a data URI (JPEG on white, at most 176 pixels), or None if it cannot be decoded."""
    from PIL import Image

    try:
        pixels = Image.fromarray(decode_image(part))
    except (ShisakuError, ValueError):
        return None
    pixels.thumbnail((SIDE, SIDE))
    flat = Image.new("RGB", pixels.size, "white")
    flat.paste(pixels, mask=pixels.getchannel("A") if pixels.mode == "RGBA" else None)
    target = io.BytesIO()
    flat.save(target, "JPEG", quality=QUALITY, optimize=True)
    return _uri("image/jpeg", target.getvalue())


def player(part: Part) -> str | None:
    """Return the first 12 s of an audio part as a data URI (MP3, or WAV at rates MP3 lacks), or None."""
    import soundfile

    try:
        wave, rate = decode_wave(part)
    except ShisakuError:
        return None
    wave = wave[: int(SECONDS * rate)]
    if wave.size == 0:
        return None
    mp3 = rate in RATES and "MP3" in soundfile.available_formats()
    target = io.BytesIO()
    soundfile.write(target, wave, rate, format="MP3" if mp3 else "WAV")
    return _uri("audio/mpeg" if mp3 else "audio/wav", target.getvalue())


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
