"""Gradient-boosted trees: the one learner here that finds interactions between features by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.learn.calibration import Calibrate
from shisaku.learn.classifier import Decided, FittedClassifier, fit_classes, seed_of
from shisaku.learn.examples import Examples, Features, Reals
from shisaku.learn.on_rows import Calibrated
from shisaku.learn.rows import RowTransform
from shisaku.message import say

SMALLEST = 1e-12
BINS = 31  # histograms of 255 bins take 30 times as long on a few hundred rows, most of it clearing memory


@dataclass(frozen=True, slots=True)
class Boosting(Calibrated):
    """Histogram gradient boosting (scikit-learn), `rounds` trees per class, its seed from `rng`, one thread per fit.

    Weights count in the loss and in what a leaf says, but a leaf needs `leaf` rows whatever they weigh. Every split
    looks at the share `columns` of the features, drawn at random.
    """

    rounds: int = 50
    rate: float = 0.1
    leaves: int = 7
    leaf: int = 5
    columns: float = 0.1
    transform: RowTransform = "none"
    calibrate: Calibrate = "none"

    def __post_init__(self) -> None:
        trees = self.rounds >= 1 and self.rate > 0 and self.leaves >= 2 and self.leaf >= 1 and 0 < self.columns <= 1
        self.settled(
            trees,
            say(
                "The learner boosting needs rounds >= 1, rate > 0, leaves >= 2, leaf >= 1, columns above 0 and at "
                "most 1, a known transform and a known calibration"
            ),
        )

    @property
    def steps(self) -> int:
        """Rounds of boosting: always as many."""
        return self.rounds

    def fit(
        self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None
    ) -> FittedClassifier:
        """Train `rounds` rounds. Raises DataError for no rows, or not finite ones."""
        seed = seed_of(rng)
        return fit_classes(train, "boosting", self.transform, self.calibrate, lambda rows: self._build(rows, seed))

    def _build(self, rows: Examples, seed: int) -> Decided:
        from sklearn.ensemble import HistGradientBoostingClassifier

        model: Any = HistGradientBoostingClassifier(
            max_iter=self.rounds,
            learning_rate=self.rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.leaf,
            max_bins=BINS,
            max_features=self.columns,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(rows.x, rows.y, sample_weight=rows.weight)

        def decide(x: Features) -> Reals:
            return np.asarray(np.log(np.maximum(model.predict_proba(x), SMALLEST)), np.float64)

        return Decided(decide)
