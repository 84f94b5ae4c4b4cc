"""The exact sign-flip test of a mean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EXACT = 16
DRAWS = 20_000


def sign_flip(values: npt.ArrayLike, rng: np.random.Generator, margin: float = 0.0) -> float:
    """Return the one-sided p of "the mean is at most `margin`" under symmetry (Fisher 1935).

    All 2^n sign patterns for n <= 16 (so n < 6 can never reach 0.025), 20,000 random ones above.
    Raises ValueError for no values.
    """
    shifted = np.asarray(values, dtype=np.float64) - margin
    n = len(shifted)
    if n == 0:
        raise ValueError("sign_flip needs at least one value")
    seen = shifted.sum()
    slack = 1e-12 * np.abs(shifted).sum()
    if n <= EXACT:
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return float(((2 * patterns - 1) @ shifted >= seen - slack).mean())
    signs = 2.0 * rng.integers(0, 2, size=(DRAWS, n)) - 1
    return float((1 + (signs @ shifted >= seen - slack).sum()) / (DRAWS + 1))
