"""Write scikit-learn's handwritten digits as folders: real ones, and two lots of made ones to be judged.

    python examples/digits/make_data.py digits-data
    shisaku prove --real digits-data/real --synthetic digits-data/synthetic --label class
    shisaku prove --real digits-data/real --synthetic digits-data/mislabelled --label class

``real/<digit>/`` holds real digits. ``synthetic/<digit>/`` is what a generator of yours would bring: here
it is simulated by classical distortions (turn, shift, thickness, noise) of *other* digits, so that nothing
in it comes from a digit in ``real/``. ``mislabelled/<digit>/`` is the same with 40 % of the labels wrong.
The digits are from the UCI repository, as scikit-learn ships them (BSD). They are 1,797 pictures by 13
people; who wrote which is not recorded there, so splits cannot be grouped by writer. ``shisaku prove`` takes folders
without a stated licence for your own and says so in a note; what holds for these is scikit-learn's BSD licence.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Picture = npt.NDArray[np.float64]  # [64, 64], ink in [0, 1]

SIDE = 64
WRONG = 0.4


def make(folder: Path, real_per_class: int = 40, made_per_class: int = 100, seed: int = 0) -> None:
    """Write the three folders below `folder`; the same seed gives the same files."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    rng = np.random.default_rng(seed)
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(digits.target == digit))
        real, sources = rows[:real_per_class], rows[real_per_class:]
        for row in real:
            _save(folder / "real" / str(digit) / f"{row:04d}.png", _large(digits.images[row]))
        for number in range(made_per_class):
            made = distort(_large(digits.images[rng.choice(sources)]), rng)
            wrong = (digit + rng.integers(1, 10)) % 10 if rng.random() < WRONG else digit
            _save(folder / "synthetic" / str(digit) / f"made-{digit}-{number:04d}.png", made)
            _save(folder / "mislabelled" / str(wrong) / f"made-{digit}-{number:04d}.png", made)


def distort(picture: Picture, rng: np.random.Generator) -> Picture:
    """Turn by up to 20 degrees, shift by up to 6 pixels, change the stroke, add noise."""
    turned = Image.fromarray((picture * 255).astype(np.uint8)).rotate(
        rng.uniform(-20, 20), resample=Image.Resampling.BILINEAR, translate=tuple(rng.integers(-6, 7, size=2).tolist())
    )
    stroke = (np.asarray(turned) / 255) ** rng.uniform(0.6, 1.6)
    return np.clip(stroke + rng.normal(0, 0.08, stroke.shape), 0, 1)


def _large(small: npt.NDArray[np.float64]) -> Picture:
    # scikit-learn's digits are 8 by 8 with ink from 0 to 16
    picture = Image.fromarray((small / 16 * 255).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(picture) / 255


def _save(path: Path, picture: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(((1 - picture) * 255).astype(np.uint8)).convert("RGB").save(path)


def main() -> None:
    """Make the folders that the command line names."""
    parser = argparse.ArgumentParser(description="Write digits as folders of real and of made pictures.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--real-per-class", type=int, default=40)
    parser.add_argument("--made-per-class", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    make(asked.folder, asked.real_per_class, asked.made_per_class, asked.seed)
    print(f"Now: shisaku prove --real {asked.folder}/real --synthetic {asked.folder}/synthetic --label class")


if __name__ == "__main__":
    main()
