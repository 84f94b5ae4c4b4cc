"""The maximum mean discrepancy between weighted rows, and rows chosen one by one so that it stays small."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.kernel_distance import BLOCK, median_distance, rbf

Rows = npt.NDArray[np.floating]
Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Kernel:
    """The Gaussian kernel exp(-(|a - b| / width)^2)."""

    width: float

    @classmethod
    def of(cls, rows: Rows, rng: np.random.Generator) -> Kernel:
        """Return the kernel whose exponent is 1 at the median distance of the rows (median heuristic)."""
        return cls(median_distance(rows, rng) or 1.0)

    def between(self, a: Rows, b: Rows) -> Values:
        """Return the kernel of every row of `a` with every row of `b`."""
        return np.asarray(rbf(self.width / math.sqrt(2.0))(a, b), dtype=np.float64)

    def mean_to(self, a: Rows, b: Rows) -> Values:
        """Return for every row of `a` its mean kernel with the rows of `b`, block by block."""
        parts = [self.between(a[k : k + BLOCK], b).mean(axis=1) for k in range(0, len(a), BLOCK)]
        return np.concatenate(parts) if parts else np.zeros(0)


@dataclass(frozen=True)
class Grams:
    """The kernels within one set, within another, and between them."""

    own: Values
    other: Values
    cross: Values

    @classmethod
    def of(cls, kernel: Kernel, one: Rows, other: Rows) -> Grams:
        """Return the kernels of two sets of rows."""
        return cls(kernel.between(one, one), kernel.between(other, other), kernel.between(one, other))

    def mmd2(self, weights: Values, other: Values) -> float:
        """Return the unbiased squared discrepancy of the two sets under weights (Gretton et al., JMLR 13:723, 2012)."""
        a, b = weights / weights.sum(), other / other.sum()
        return _within(self.own, a) + _within(self.other, b) - 2.0 * float(a @ self.cross @ b)


def _within(gram: Values, weights: Values) -> float:
    alone = float(np.square(weights) @ np.diag(gram))
    pairs = 1.0 - float(weights @ weights)
    return (float(weights @ gram @ weights) - alone) / pairs if pairs > 0 else 1.0


def herded(made: Rows, real: Rows, n: int, kernel: Kernel, diversity: float = 1.0) -> Codes:
    """Return `n` places of `made`, in the order in which they were chosen (kernel herding; Chen, Welling, Smola 2010).

    The next is the row with the largest mean kernel to `real` less `diversity` times its mean kernel to those chosen
    so far, itself among them: with 1 every step makes the discrepancy to `real` as small as one more row can. The first
    n of a larger choice are the choice of n. Ties go to the first row.
    """
    pull = kernel.mean_to(made, real)
    push = np.zeros(len(made))
    chosen: list[int] = []
    left = np.ones(len(made), dtype=np.bool_)
    for step in range(min(n, len(made))):
        worth = np.where(left, pull - diversity * (push + 0.5) / (step + 1), -np.inf)
        best = int(np.argmax(worth))
        chosen.append(best)
        left[best] = False
        push += kernel.between(made, made[best : best + 1])[:, 0]
    return np.array(chosen, dtype=np.intp)


def effective_size(weights: Values) -> float:
    """Return how many equally weighted items weights are worth: (sum w)^2 / sum w^2 (Kish 1965)."""
    square = float(weights @ weights)
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0
