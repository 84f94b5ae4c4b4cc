"""Builds every kind of bad media file from a few lines; nothing of it is kept in the repository."""

from __future__ import annotations

import io
import struct
import wave as wavefile
import zlib
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

RATE = 16_000
GPS = 0x8825


def pixels(height: int = 24, width: int = 32, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def picture(form: str = "PNG", seed: int = 0, **save: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels(seed=seed)).save(target, form, **save)
    return target.getvalue()


def sound(form: str = "WAV", channels: int = 1, seconds: float = 0.3, **write: object) -> bytes:
    wave = 0.4 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE)) / RATE)
    target = io.BytesIO()
    soundfile.write(target, np.repeat(wave[:, None], channels, 1), RATE, format=form, **write)
    return target.getvalue()


def unindexed_mp3() -> bytes:
    """Five seconds of variable bit rate without the first frame, which says how long it is."""
    raw = sound("MP3", seconds=5.0)
    return raw[raw.index(raw[:2], 10) :]


def floats(values: list[float]) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, np.array(values, np.float32), RATE, format="WAV", subtype="FLOAT")
    return target.getvalue()


def plain_wave(frames: int, rate: int = RATE) -> bytes:
    target = io.BytesIO()
    with wavefile.open(target, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(b"\x10\x20" * frames)
    return target.getvalue()


def zero_hertz() -> bytes:
    raw = bytearray(plain_wave(4000))
    raw[24:32] = bytes(8)  # sample rate and byte rate of the fmt chunk
    return bytes(raw)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes, *more: bytes) -> bytes:
    """A PNG whose header and data need not fit together."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bomb(megabytes: int) -> bytes:
    """Zlib data a thousand times smaller than what it unpacks to."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def turned(form: str) -> bytes:
    """White left, black right when shown upright; stored turned, as phones do, with EXIF orientation 6."""
    upright = np.zeros((16, 32, 3), np.uint8)
    upright[:, :16] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    Image.fromarray(np.rot90(upright)).save(target, form, exif=exif)
    return target.getvalue()


def with_place(form: str) -> bytes:
    """A picture that says in its EXIF where it was taken: 35 deg 39 min 31 s north."""
    exif = Image.Exif()
    exif[0x0112] = 1
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 39.0, 31.0), 3: "E", 4: (139.0, 44.0, 44.0)})
    return picture(form, exif=exif)


def moving() -> bytes:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    return target.getvalue()


def cmyk() -> bytes:
    target = io.BytesIO()
    Image.new("CMYK", (12, 12), (0, 255, 255, 0)).save(target, "JPEG", quality=95)
    return target.getvalue()


def sixteen_bits(form: str) -> bytes:
    target = io.BytesIO()
    Image.fromarray((np.arange(64, dtype=np.uint16) * 1000).reshape(8, 8)).save(target, form)
    return target.getvalue()


def cut(raw: bytes, share: float = 0.5) -> bytes:
    return raw[: int(len(raw) * share)]


def video(name: str, folder: Path) -> bytes:
    """A clip of 20 frames with sound, in the container of `name`."""
    from clip_material import save_clip

    folder.mkdir(parents=True, exist_ok=True)
    return save_clip(folder / name, tuple(n / 10 for n in range(20)), sound=(0.0, 1.5)).read_bytes()
