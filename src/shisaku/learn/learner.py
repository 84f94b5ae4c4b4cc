"""What a study asks of anything that learns from feature vectors."""

from __future__ import annotations

from collections.abc import Sequence
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


class FittedMap(Protocol):
    """A trained map into another embedding."""

    @property
    def at_edge(self) -> bool:
        """Whether a setting that the learner chose lies at an end of its grid."""
        ...

    def map(self, x: Features) -> npt.NDArray[np.float64]:
        """Return [n, m] targets of rows `x` [n, d]."""
        ...


class Mapper(Protocol):
    """A frozen, deterministic recipe for training a map; equal input gives an equal map."""

    def prepared(self, x: Features) -> tuple[Mapper, Features]:
        """Do whatever is done to each row alone, once, and return the learner that expects such rows."""
        ...

    def fit_map(
        self, x: Features, targets: Features, sample_weight: npt.NDArray[np.float64], groups: Sequence[str]
    ) -> FittedMap:
        """Train on rows `x` [n, d] and `targets` [n, m]; rows of one group are held out together."""
        ...
