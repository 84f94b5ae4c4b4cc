"""The nearest class mean: a classifier for very few items per class."""

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
class Prototype(Calibrated):
    """Each class is the weighted mean of its rows, and the nearest by cosine wins (Snell et al., NeurIPS 2017).

    Scores are the softmax of the cosines divided by `temperature`, or calibrated. k copies of every row change nothing.
    """

    temperature: float = 0.1
    transform: RowTransform = "sqrt_l2"
    calibrate: Calibrate = "none"

    steps: ClassVar[int] = 0

    def __post_init__(self) -> None:
        self.settled(
            self.temperature > 0,
            say("The learner prototype needs temperature > 0, a known transform and a known calibration"),
        )

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Average the rows of each class. Raises DataError for no rows, or not finite ones."""
        return fit_classes(train, "prototype", self.transform, self.calibrate, self._build)

    def _build(self, rows: Examples) -> Decided:
        classes = np.unique(rows.y)
        means = [np.average(rows.x[rows.y == c], axis=0, weights=rows.weight[rows.y == c]) for c in classes]
        unit = transform_rows(np.array(means, np.float64), "l2")

        def decide(x: Features) -> Reals:
            return np.asarray(transform_rows(x, "l2") @ unit.T / self.temperature, np.float64)

        return Decided(decide)
