"""How much of a mixed child is its parent."""

from __future__ import annotations

import numpy as np


def share_of_parent(alpha: float, rng: np.random.Generator) -> float:
    """Draw from Beta(alpha, alpha) and return the larger of the two shares, so that the parent's label holds."""
    if alpha <= 0.0:
        return 1.0
    share = float(rng.beta(alpha, alpha))
    return max(share, 1.0 - share)
