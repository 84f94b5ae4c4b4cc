"""The k nearest training rows vote: a classifier that learns nothing but where its rows lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.learn.calibration import Calibrate
from shisaku.learn.classifier import Decided, FittedClassifier, fit_classes
from shisaku.learn.examples import Examples, Features, Reals
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.rows import RowTransform, transform_rows
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Knn(Calibrated):
    """The `k` nearest rows by cosine (scikit-learn, exact search) vote with their weights, deterministic.

    A row of weight 2 has two votes, but is one of the k: it is not two rows, which would drive two others out. To the
    votes is added one of the average weight, divided over the classes as their weights are (Laplace), so that no class
    is impossible and a tie goes to the more frequent one.
    """

    k: int = 5
    transform: RowTransform = "sqrt_l2"
    calibrate: Calibrate = "none"

    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        self.settled(
            self.k >= 1,
            say("The learner knn needs k >= 1, a known transform and a known calibration"),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Keep the rows; nothing is drawn at random. Raises DataError for no rows, or not finite ones."""
        return fit_classes(train, "knn", self.transform, self.calibrate, self._build)

    def _build(self, rows: Examples) -> Decided:
        from sklearn.neighbors import NearestNeighbors

        classes, codes = np.unique(rows.y, return_inverse=True)
        # On unit rows the order by distance is that by cosine, and the search for it is fast.
        index = NearestNeighbors(n_neighbors=min(self.k, len(rows)), algorithm="brute")
        index.fit(transform_rows(rows.x, "l2"))
        prior = np.bincount(codes, rows.weight, minlength=len(classes)) / len(rows)

        def decide(x: Features) -> Reals:
            near = index.kneighbors(transform_rows(x, "l2"), return_distance=False)
            votes = np.tile(prior, (len(x), 1))
            np.add.at(votes, (np.arange(len(x))[:, None], codes[near]), rows.weight[near])
            return np.asarray(np.log(votes), np.float64)

        return Decided(decide)
