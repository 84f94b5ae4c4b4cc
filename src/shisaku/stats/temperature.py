"""One number that makes a model's probabilities milder or bolder, fitted on validation items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import checked_answers, checked_probabilities
from shisaku.stats.estimate import Floats

LOWEST, HIGHEST = 0.05, 20.0
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Temperature:
    """A temperature above 1 makes probabilities milder; `at_end` says that the fit ran into the end of its range."""

    value: float
    at_end: bool

    def apply(self, probabilities: npt.ArrayLike) -> Floats:
        """Return the probabilities at this temperature: p^(1 / T), every row divided by its sum; answers stay."""
        from scipy.special import softmax

        found: Floats = softmax(_logs(checked_probabilities(probabilities)) / self.value, axis=1)
        return found


def fit_temperature(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> Temperature:
    """Return the temperature with the least log loss on validation items (Guo et al., ICML 2017), from 0.05 to 20.

    The loss is convex in 1 / T, so there is one. Probabilities do as well as logits, which differ from their logarithms
    by a number per row. Where every item is answered right the lowest one would be best, which proves nothing. Raises
    ValueError for rows that do not add up to 1.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    rows, codes = checked_answers(probabilities, truth)
    logs, places = _logs(rows), np.arange(len(rows))

    def loss(beta: float) -> float:
        return -float(log_softmax(beta * logs, axis=1)[places, codes].mean())

    found = minimize_scalar(loss, bounds=(1 / HIGHEST, 1 / LOWEST), method="bounded", options={"xatol": 1e-9})
    value = 1.0 / float(found.x)
    return Temperature(value, value < LOWEST * 1.001 or value > HIGHEST / 1.001)


def _logs(rows: Floats) -> Floats:
    found: Floats = np.log(np.maximum(rows, LEAST))
    return found
