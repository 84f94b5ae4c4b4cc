"""Small folders of a user's own, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def picture(rng: np.random.Generator, kind: int, side: int = 48) -> Image.Image:
    """Stripes (kind 0) or blots (others) in colours of their own on a ground of its own: no two are alike."""
    ground, ink = rng.integers(0, 256, (2, 3))
    y, x = np.mgrid[:side, :side]
    if kind == 0:
        angle, width = rng.uniform(0, np.pi), rng.uniform(3, 12)
        mask = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / width) > rng.uniform(-0.4, 0.4)
    else:
        centres, radii = rng.uniform(0, side, (rng.integers(1, 6), 2)), rng.uniform(3, side / 3, 6)
        mask = np.any(
            [(x - cx) ** 2 + (y - cy) ** 2 < r**2 for (cx, cy), r in zip(centres, radii, strict=False)], axis=0
        )
    pixels = np.where(mask[..., None], ink, ground) + rng.normal(0, rng.uniform(2, 20), (side, side, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def class_folder(root: Path, classes: Sequence[str] = ("stripes", "blots"), each: int = 8, seed: int = 0) -> Path:
    """One sub-folder per class; the classes are stripes and blots."""
    rng = np.random.default_rng(seed)
    for number, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for i in range(each):
            picture(rng, number).save(root / name / f"{i}.png")
    return root


def flat_folder(root: Path, n: int = 8) -> Path:
    """Pictures without any label."""
    rng = np.random.default_rng(1)
    root.mkdir(parents=True)
    for i in range(n):
        picture(rng, i % 2).save(root / f"{i}.png")
    return root


def text_table(path: Path, lang: str = "en", each: int = 12) -> Path:
    """A CSV of short texts in two classes."""
    words = {
        "en": {
            "fruit": ["a ripe apple", "two green pears", "sweet cherries"],
            "tool": ["a hammer", "an old saw", "pliers"],
        },
        "ja": {"果物": ["赤いりんご", "甘い梨", "さくらんぼの山"], "工具": ["古いのこぎり", "金づち", "大きなペンチ"]},
    }[lang]
    rows = ["text,label"]
    for label, texts in words.items():
        rows += [f"{texts[i % len(texts)]} {i},{label}" for i in range(each)]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path
