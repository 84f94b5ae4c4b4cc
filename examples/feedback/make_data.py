"""Write scikit-learn's handwritten digits in two halves: a few to learn and choose seeds from, others to test on.

    python examples/feedback/make_data.py examples/feedback/data
    shisaku run examples/feedback/recipe.yaml

``train/<digit>/`` and ``test/<digit>/`` hold real digits (UCI, as scikit-learn ships them, BSD); which half a digit is
in becomes the fact ``split`` of its sample.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 64


def make(folder: Path, train: int = 30, test: int = 60, seed: int = 0) -> None:
    """Write so many digits of each class below `folder`; the same seed gives the same files."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    rng = np.random.default_rng(seed)
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(digits.target == digit))
        for place, row in enumerate(rows[: train + test]):
            half = "train" if place < train else "test"
            path = folder / half / str(digit) / f"{row:04d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            # 8 by 8 with ink from 0 to 16
            grey = Image.fromarray(255 - (digits.images[row] / 16 * 255).astype(np.uint8))
            grey.resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB").save(path)


def main() -> None:
    """Make the folders that the command line names."""
    parser = argparse.ArgumentParser(description="Write digits as a folder to train on and one to test on.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", type=int, default=30, help="of each digit")
    parser.add_argument("--test", type=int, default=60, help="of each digit")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    make(asked.folder, asked.train, asked.test, asked.seed)


if __name__ == "__main__":
    main()
