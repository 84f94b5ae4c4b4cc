"""Where a figure of a made sample stands among the same figures of real ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def share_as_far(of_real: npt.ArrayLike, figures: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return for each figure the share of the real figures that are as large or larger (1 where there are none)."""
    real = np.sort(np.asarray(of_real, np.float64))
    found = np.asarray(figures, np.float64)
    if not real.size:
        return np.ones(found.shape)
    return np.asarray(1.0 - np.searchsorted(real, found, side="left") / real.size, dtype=np.float64)
