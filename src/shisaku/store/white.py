"""What transparency is laid on where a reader knows no transparency."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WHITE = 255.0


def over_white(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Lay an RGBA image on white; an RGB image stays as it is."""
    if image.shape[2] == 3:
        return image
    alpha = image[:, :, 3:].astype(np.float32) / WHITE
    flat = image[:, :, :3] * alpha + WHITE * (1.0 - alpha)
    return np.asarray(np.rint(flat), dtype=np.uint8)
