"""BRISQUE: how people would rate the quality of a photograph, from the statistics of its pixels."""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.natural_scene import SMALLEST_SIDE, scene_features
from shisaku.models.roles import Pixels
from shisaku.models.weights import find_weights

NAME = "brisque"
FEATURES = 36
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SupportVectors:
    """A support vector regression with a Gaussian kernel: weights [n], vectors [n, d], width and offset."""

    weights: Numbers
    vectors: Numbers
    gamma: float
    offset: float

    def predict(self, x: Numbers) -> float:
        """Return the value for one row [d]."""
        distance = ((self.vectors - x) ** 2).sum(axis=1)
        return float(self.weights @ np.exp(-self.gamma * distance) - self.offset)


class Brisque:
    """ImageJudge: Mittal, Moorthy and Bovik, IEEE Trans. Image Process. 21:4695 (2012); 0 excellent, 100 bad.

    It knows what the people who rated the LIVE database saw: photographs with blur, noise, JPEG, JPEG 2000 and
    transmission errors. Drawings, cut-outs and scans are nothing it was ever asked about.
    """

    def __init__(self, local: Path | None = None, threads: int | None = None) -> None:
        weights = find_weights(NAME, local)
        self.backend = f"{weights.label} numpy"
        self._machine = read_libsvm(weights.read("svm.txt").decode("ascii"))
        self._least, self._most = read_ranges(weights.read("range.pickle"))

    def judge_image(self, image: Pixels) -> float:
        """Return the predicted difference score of an RGB picture. Raises DataError where it is too small or flat."""
        if min(image.shape[:2]) < SMALLEST_SIDE:
            raise DataError(
                say("A picture below {side} pixels has no statistics of a natural scene", side=SMALLEST_SIDE)
            )
        features = scene_features(image)
        if not np.isfinite(features).all():
            raise DataError(say("The picture is flat: it has no statistics of a natural scene"))
        scaled = -1.0 + 2.0 / (self._most - self._least) * (features - self._least)
        return self._machine.predict(scaled)


def read_libsvm(text: str) -> SupportVectors:
    """Read the text form of a libsvm model (epsilon-SVR, RBF kernel). Raises WeightsError for anything else."""
    try:
        head, _, body = text.partition("\nSV\n")
        said = dict(line.split(" ", 1) for line in head.splitlines())
        rows = [line.split() for line in body.splitlines() if line]
        if said["svm_type"] != "epsilon_svr" or said["kernel_type"] != "rbf" or len(rows) != int(said["total_sv"]):
            raise ValueError("not the kind of model that was expected")
        vectors = np.zeros((len(rows), FEATURES))
        for row, cells in enumerate(rows):
            for cell in cells[1:]:
                place, _, value = cell.partition(":")
                vectors[row, int(place) - 1] = float(value)
        weights = np.array([float(cells[0]) for cells in rows])
        return SupportVectors(weights, vectors, float(said["gamma"]), float(said["rho"]))
    except (ValueError, KeyError, IndexError) as error:
        raise _unreadable(str(error)) from error


def read_ranges(data: bytes) -> tuple[Numbers, Numbers]:
    """Return smallest and largest value of every feature in training, from a pickle that is never run.

    The file holds nothing but two lists of numbers: its instructions are listed, and the numbers among them taken.
    Raises WeightsError where there are more or fewer.
    """
    try:
        held = [
            float(value) for op, value, _ in pickletools.genops(data) if op.name == "BINFLOAT" and value is not None
        ]
    except ValueError as error:
        raise _unreadable(str(error)) from error
    if len(held) != 2 * FEATURES:
        raise _unreadable(f"{len(held)} numbers")
    least, most = np.array(held[:FEATURES]), np.array(held[FEATURES:])
    return least, most


def _unreadable(cause: str) -> WeightsError:
    return WeightsError(
        say("A file of {model} cannot be read: {cause}", model=NAME, cause=cause), next=say("Do not use this file")
    )
