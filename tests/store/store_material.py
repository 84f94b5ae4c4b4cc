"""Builds the folders and files that the store's tests read: everything is drawn or computed, nothing is committed."""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from shisaku.core.drop import Drop
from shisaku.core.sample import KINDS, Part, Sample
from shisaku.message import Message
from shisaku.store.codecs import encode_image, encode_vector, encode_wave

RATE = 16_000


def pixels(seed: int, height: int = 24, width: int = 32, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, channels), dtype=np.uint8)


def tone(hertz: float = 440.0, seconds: float = 0.25, rate: int = RATE) -> np.ndarray:
    return (0.4 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def save_image(path: Path, seed: int = 0, **save: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels(seed)).save(path, **save)
    return path


def save_sound(path: Path, hertz: float = 440.0, seconds: float = 0.25, rate: int = RATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_wave(tone(hertz, seconds, rate), rate))
    return path


def save_table(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def class_folders(root: Path, classes: Sequence[str] = ("cat", "dog"), each: int = 3) -> Path:
    for n, name in enumerate(classes):
        for i in range(each):
            save_image(root / name / f"{i:03d}.png", seed=100 * n + i)
    return root


def sound_table(root: Path, n: int = 12) -> Path:
    rows = []
    for i in range(n):
        save_sound(root / "wav" / f"{i:03d}.wav", hertz=200 + 20 * i)
        rows.append({"file_name": f"wav/{i:03d}.wav", "label": "ab"[i % 2], "speaker": f"s{i % 4}"})
    save_table(root / "metadata.csv", rows)
    return root


def caption_table(root: Path, n: int = 6) -> Path:
    rows = []
    for i in range(n):
        save_image(root / f"{i:03d}.png", seed=i)
        rows.append({"file_name": f"{i:03d}.png", "text": f"赤いりんごの絵、その{i}"})
    save_table(root / "metadata.csv", rows)
    return root


def png(width: int, height: int, idat: bytes, colour: int = 2, depth: int = 8) -> bytes:
    """A PNG with the header and data one asks for, whether they fit together or not."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def sample(i: int, **changes: object) -> Sample:
    """A sample with a part of every kind that is stored."""
    parts = {
        "image": Part("image", encode_image(pixels(i)), uri=f"/somewhere/{i}.png"),
        "audio": Part("audio", encode_wave(tone(200 + i), RATE), span=(0.0, 0.25)),
        "caption": Part.from_text(f"絵 {i}", "ja"),
        "features": Part("embedding", encode_vector(np.arange(4, dtype=np.float32) + i)),
    }
    values: dict[str, object] = {"id": f"s{i:04d}", "parts": parts, "labels": {"class": "ab"[i % 2]}, **changes}
    return Sample(**values)  # type: ignore[arg-type]


def samples(n: int) -> list[Sample]:
    return [sample(i) for i in range(n)]


# Any text that is text: halves of surrogate pairs are not, and cannot be stored by anyone.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(["", "赤いりんご", "ｶﾞ", "\0"])
mappings = st.dictionaries(words, words, max_size=3)
seconds = st.floats(0, 1e6)
parts = st.builds(
    Part,
    kind=st.sampled_from(KINDS),
    data=st.binary(max_size=40),
    uri=words,
    lang=st.sampled_from(["", "ja", "en"]),
    span=st.none() | st.tuples(seconds, seconds),
)
any_sample = st.builds(
    Sample,
    id=words,
    parts=st.dictionaries(words, parts, max_size=3),
    labels=mappings,
    group=words,
    licence=words,
    consent=words,
    facts=mappings,
    parents=st.lists(words, max_size=3).map(tuple),
    depth=st.integers(0, 9),
)
plain_messages = st.builds(
    Message,
    st.just("{a} and {b}"),
    st.fixed_dictionaries({"a": words, "b": st.integers(-9, 9) | st.floats(allow_nan=False)}),
)
messages = plain_messages | st.builds(
    Message, st.just("{a} because {b}"), st.fixed_dictionaries({"a": words, "b": plain_messages})
)
any_drop = st.builds(
    Drop, sample=words, step=words, op=words, reason=messages, score=st.none() | st.floats(allow_nan=False)
)
