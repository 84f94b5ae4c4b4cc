"""Write small folders in the shapes that people's own data come in, to try ``shisaku init`` on each.

    python examples/own_data/make_folders.py own-data
    shisaku init own-data/classes && shisaku run own-data/classes/recipe.yaml

| folder       | what is in it                                                                      |
|--------------|------------------------------------------------------------------------------------|
| classes/     | images, one sub-folder per class                                                   |
| grouped/     | images + metadata.csv with `label` and `site`: pieces of one place belong together |
| audio/       | WAV files + metadata.csv with `label` and `take`                                   |
| unlabelled/  | images and nothing else                                                            |
| one_class/   | images of a single class                                                           |
| japanese/    | images + metadata.csv as a spreadsheet saves it, all in Japanese                    |

Everything comes from what is installed already: scikit-learn's digits and its two sample photos (BSD and
CC-BY; see ``sklearn.datasets``), and tones from numpy. The tones are simulated, and their names say so.
``shisaku init`` cannot know whose data it looks at and writes ``licence: own``, a declaration that is yours to
correct: for these digits it would be ``BSD-3-Clause``, for the photos ``CC-BY-2.0``. Both allow commercial use.
"""

from __future__ import annotations

import argparse
import csv
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

RATE = 16_000
TONES = ("sine", "square", "sweep")
NUMERALS = "〇一二三四五六七八九"
JAPANESE = {"china.jpg": ("建物", "湖のそばの寺院の屋根"), "flower.jpg": ("花", "赤い花と緑の葉")}


def make(folder: Path, seed: int = 0) -> None:
    """Write all six folders below `folder`; the same seed gives the same files."""
    classes(folder / "classes", (0, 1, 2), 24)
    classes(folder / "one_class", (7,), 24)
    unlabelled(folder / "unlabelled", 30)
    grouped(folder / "grouped", np.random.default_rng([seed, 1]))
    audio(folder / "audio", np.random.default_rng([seed, 2]))
    japanese(folder / "japanese", np.random.default_rng([seed, 3]))


def classes(folder: Path, digits: Sequence[int], each: int) -> None:
    """Images of digits, one sub-folder per class."""
    for digit in digits:
        for number, picture in enumerate(_digits(digit, each)):
            _save(folder / f"digit-{digit}" / f"{number:03d}.png", picture)


def unlabelled(folder: Path, count: int) -> None:
    """Images whose names and places say nothing about what they show."""
    pictures = [_digits(digit, count // 10 + 1) for digit in range(10)]
    for number in range(count):
        _save(folder / f"scan_{number:04d}.png", pictures[number % 10][number // 10])


def grouped(folder: Path, rng: np.random.Generator) -> None:
    """Overlapping pieces of two photos: those cut around one place are no independent items."""
    rows: list[list[str]] = [["file_name", "label", "site"]]
    for name, photo in _photos().items():
        for site in range(12):
            top, left = (int(rng.integers(0, size - 120)) for size in photo.shape[:2])
            for piece in range(3):
                y, x = (at + int(rng.integers(0, 24)) for at in (top, left))
                file = f"{Path(name).stem}-{site:02d}-{piece}.png"
                _save(folder / file, photo[y : y + 96, x : x + 96])
                rows.append([file, Path(name).stem, f"{Path(name).stem}-{site:02d}"])
    _table(folder / "metadata.csv", rows)


def audio(folder: Path, rng: np.random.Generator) -> None:
    """Half a second of a tone in noise; two recordings of one take share pitch and loudness."""
    rows = [["file_name", "label", "take"]]
    for label in TONES:
        for take in range(12):
            pitch, loudness = float(rng.uniform(200, 1200)), float(rng.uniform(0.2, 0.6))
            for recording in range(2):
                file = f"simulated-{label}-{take:02d}-{recording}.wav"
                noise = rng.normal(0, 0.05, RATE // 2)
                _save_wave(folder / file, loudness * _tone(label, pitch) + noise)
                rows.append([file, label, f"{label}-{take:02d}"])
    _table(folder / "metadata.csv", rows)


def japanese(folder: Path, rng: np.random.Generator) -> None:
    """Images with captions, class names and column names in Japanese."""
    rows = [["ファイル名", "ラベル", "キャプション"]]
    for name, photo in _photos().items():
        label, caption = JAPANESE[name]
        for number in range(15):
            top, left = (int(rng.integers(0, size - 96)) for size in photo.shape[:2])
            file = f"{Path(name).stem}-{number:02d}.png"
            _save(folder / file, photo[top : top + 96, left : left + 96])
            rows.append([file, label, caption])
    for digit in (3, 5):
        for number, picture in enumerate(_digits(digit, 15)):
            file = f"digit-{digit}-{number:02d}.png"
            _save(folder / file, picture)
            rows.append([file, f"数字{NUMERALS[digit]}", f"手書きの数字の{NUMERALS[digit]}"])
    _table(folder / "metadata.csv", rows, "utf-8-sig")  # with the mark that spreadsheets put first


def _digits(digit: int, count: int) -> list[npt.NDArray[np.uint8]]:
    from sklearn.datasets import load_digits

    data = load_digits()
    chosen = data.images[data.target == digit][:count]
    ink = (255 - chosen / 16 * 255).astype(np.uint8)
    return [np.asarray(Image.fromarray(one).resize((64, 64), Image.Resampling.BICUBIC).convert("RGB")) for one in ink]


def _photos() -> dict[str, npt.NDArray[np.uint8]]:
    from sklearn.datasets import load_sample_image

    return {name: np.asarray(load_sample_image(name)) for name in ("china.jpg", "flower.jpg")}


def _tone(label: str, pitch: float) -> npt.NDArray[np.float64]:
    time = np.arange(RATE // 2) / RATE
    if label == "sweep":
        return np.sin(2 * np.pi * pitch * (time + time**2))
    sine = np.sin(2 * np.pi * pitch * time)
    return np.sign(sine) if label == "square" else sine


def _save(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def _save_wave(path: Path, samples: npt.NDArray[np.float64]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def _table(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows(rows)


def main() -> None:
    """Make the folders below the one that the command line names."""
    parser = argparse.ArgumentParser(description="Write small folders in the shapes that own data come in.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    make(asked.folder, asked.seed)
    print(f"Now: shisaku init {asked.folder}/classes")


if __name__ == "__main__":
    main()
