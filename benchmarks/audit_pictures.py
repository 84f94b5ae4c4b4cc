"""Pictures for `audit.py`: clean ones like those of `ingest_floor.py` with sharp edges added, and known faults."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
SIDE, QUALITY = 256, 90
KINDS = ("exact", "near", "dark", "light", "blurred", "blank", "odd_size", "odd_shape")
SHARE = 0.01  # of the pictures, of every kind of fault
TRUTH = "truth.json"


def write_pictures(folder: Path, n: int) -> None:
    """Write `n` JPEGs into `folder`/pictures and which of them have which fault into `folder`/truth.json.

    Copies come after the picture that they are a copy of; what is copied counts neither as clean nor as faulty.
    """
    place = folder / "pictures"
    place.mkdir(parents=True)
    each = max(1, round(SHARE * n))
    planted = {kind: list(range(n - (k + 1) * each, n - k * each)) for k, kind in enumerate(KINDS)}
    of = {number: kind for kind, numbers in planted.items() for number in numbers}
    copied = {number: k for k, number in enumerate((*planted["exact"], *planted["near"]))}
    for number in range(n):
        path = place / _name(number)
        if of.get(number) == "exact":
            shutil.copyfile(place / _name(copied[number]), path)
            continue
        rng = np.random.default_rng([0, copied.get(number, number)])
        picture = picture_of(rng)
        quality = 50 if of.get(number) == "near" else QUALITY
        cv2.imwrite(str(path), _faulty(picture, of.get(number, ""), rng), [cv2.IMWRITE_JPEG_QUALITY, quality])
    truth = {kind: [_name(number) for number in numbers] for kind, numbers in planted.items()}
    truth["copied"] = [_name(number) for number in sorted(copied.values())]
    (folder / TRUTH).write_text(json.dumps(truth), "utf-8")


def picture_of(rng: np.random.Generator) -> Pixels:
    """Return a smooth random picture, which compresses as photographs do, with some sharp edges in it."""
    coarse = rng.integers(0, 255, (SIDE // 16, SIDE // 16, 3), dtype=np.uint8)
    noise = rng.integers(0, 12, (SIDE, SIDE, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    for _ in range(6):
        x, y, width, height = (int(value) for value in rng.integers(20, 200, 4))
        colour = [int(value) for value in rng.integers(0, 255, 3)]
        cv2.rectangle(picture, (x, y), (x + width, y + height), colour, -1)
    return np.asarray(cv2.add(picture, noise), np.uint8)


def _faulty(picture: Pixels, kind: str, rng: np.random.Generator) -> Any:
    if kind == "near":
        return cv2.resize(picture, (160, 160), interpolation=cv2.INTER_AREA)
    if kind == "dark":
        return (picture * 0.08).astype(np.uint8)
    if kind == "light":
        return (255 - (255 - picture.astype(np.float32)) * 0.03).astype(np.uint8)
    if kind == "blurred":
        return cv2.GaussianBlur(picture, (0, 0), 5.0)
    if kind == "blank":  # every one of a tone of its own
        return np.full_like(picture, rng.integers(60, 200, 3, dtype=np.uint8))
    if kind == "odd_size":
        return cv2.resize(picture, (1600, 1600), interpolation=cv2.INTER_LINEAR)
    if kind == "odd_shape":
        return picture[100:140]
    return picture


def _name(number: int) -> str:
    return f"{number:06d}.jpg"


def truth_of(folder: Path) -> tuple[dict[str, set[str]], set[str]]:
    """Return fault -> pictures that have it, and the clean pictures."""
    held: dict[str, list[str]] = json.loads((folder / TRUTH).read_text("utf-8"))
    touched = {name for names in held.values() for name in names}
    clean = {path.name for path in (folder / "pictures").iterdir()} - touched
    return {kind: set(held[kind]) for kind in KINDS}, clean
