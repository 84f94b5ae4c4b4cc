"""What a study asks of anything that learns from feature vectors."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Features = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.generic]


class Fitted(Protocol):
    """A trained classifier."""

    @property
    def classes(self) -> Labels:
        """The labels seen in training, sorted; column k of `predict_proba` belongs to classes[k]."""
        ...

    def predict_proba(self, x: Features) -> npt.NDArray[np.float64]:
        """Return [n, K] probabilities."""
        ...


class Learner(Protocol):
    """A frozen, deterministic recipe for training; equal input gives an equal model."""

    def prepared(self, x: Features) -> tuple[Learner, Features]:
        """Do whatever is done to each row alone, once, and return the learner that expects such rows."""
        ...

    def fit(self, x: Features, y: Labels, sample_weight: npt.NDArray[np.float64] | None = None) -> Fitted:
        """Train on rows `x` [n, d] with labels `y` [n] and non-negative weights (1 if not given)."""
        ...
