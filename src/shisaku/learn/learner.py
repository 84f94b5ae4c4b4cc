"""What a study asks of anything that learns, and of what it has learnt."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

import numpy as np

from shisaku.learn.examples import Examples, Features, Labels, Reals

Answers = Literal["classes", "map"]


class Fitted(Protocol):
    """A trained model."""

    @property
    def classes(self) -> Labels:
        """The labels seen in training, sorted: column k of `scores` belongs to classes[k]; empty for a map."""
        ...

    @property
    def converged(self) -> bool:
        """Whether training came to its end."""
        ...

    @property
    def at_edge(self) -> bool:
        """Whether a setting that the learner chose by itself lies at an end of its grid."""
        ...

    def scores(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities, or of a map [n, m] where each row lies in the target's space.

        A map that is `Aiming` gives where each row lies in the space that it shares with targets.
        """
        ...


@runtime_checkable
class Aiming(Protocol):
    """A map whose scores lie not in the target's space but in one that targets are mapped to as well."""

    def aim(self, targets: Features) -> Reals:
        """Return [n, k]: where targets [n, m] lie among the scores."""
        ...


class Learner(Protocol):
    """A frozen recipe for training: equal rows, labels and numbers from `rng` give an equal model.

    `answers` says whether it learns classes or a map into an embedding. `steps` is how many optimiser steps training
    takes at most, 0 for a learner that runs until it has converged. `staged` says whether it can see real and made rows
    one after the other (a curriculum).
    """

    @property
    def answers(self) -> Answers:
        """What it learns."""
        ...

    @property
    def steps(self) -> int:
        """Optimiser steps, 0: until it has converged."""
        ...

    @property
    def staged(self) -> bool:
        """Whether it takes a curriculum."""
        ...

    def prepared(self, x: Features) -> tuple[Learner, Features]:
        """Do whatever is done to each row alone, once, and return the learner that expects such rows."""
        ...

    def fit(self, train: Examples, val: Examples | None, rng: np.random.Generator) -> Fitted:
        """Train on `train`; `val` are rows of the training side that may choose (when to stop), never a test's."""
        ...
