"""An image or a sound small enough for a page: a thumbnail, the first seconds, a spectrogram, as data URIs."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.store.codecs import decode_frames, decode_image, decode_wave, encode_wave
from shisaku.store.spectrogram import spectrogram_png

SIDE = 128
QUALITY = 80
SOUND_SECONDS = 6.0


def data_uri(part: Part, side: int = SIDE) -> str:
    """Return an image, a sound or a video's middle frame as a small data URI, empty for what is none or damaged.

    Pictures have at most `side` pixels a side.
    """
    try:
        if part.kind == "image":
            return _uri("image/jpeg", _thumbnail(decode_image(part), side))
        if part.kind == "video":
            frames = [frame for _, frame in decode_frames(part)]
            return _uri("image/jpeg", _thumbnail(frames[len(frames) // 2], side)) if frames else ""
        if part.kind == "audio":
            return _uri(*_sound(part))
    except MediaError:
        return ""
    return ""


def sound_picture(part: Part) -> tuple[str, float]:
    """Return the spectrogram of what `data_uri` lets hear, as a data URI, and its length in seconds.

    An empty string and 0 for other kinds, damaged parts and sounds without samples.
    """
    if part.kind != "audio":
        return "", 0.0
    try:
        wave, rate = _beginning(part)
    except MediaError:
        return "", 0.0
    return (_uri("image/png", spectrogram_png(wave, rate)), round(wave.size / rate, 3)) if wave.size else ("", 0.0)


def _thumbnail(pixels: npt.NDArray[np.uint8], side: int) -> bytes:
    from PIL import Image

    picture = Image.fromarray(pixels)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        picture = white.convert("RGB")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _sound(part: Part) -> tuple[str, bytes]:
    """MP3 is a tenth of the size and plays everywhere; builds of libsndfile without it write WAV."""
    import soundfile

    wave, rate = _beginning(part)
    if "MP3" not in soundfile.available_formats() or not wave.size:
        return "audio/wav", encode_wave(wave, rate)
    target = io.BytesIO()
    try:
        soundfile.write(target, np.asarray(wave), rate, format="MP3")
    except soundfile.LibsndfileError:  # MP3 has only some sample rates
        return "audio/wav", encode_wave(wave, rate)
    return "audio/mpeg", target.getvalue()


def _beginning(part: Part) -> tuple[npt.NDArray[np.float32], int]:
    wave, rate = decode_wave(part)
    return wave[: int(SOUND_SECONDS * rate)], rate


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
