"""Row-wise transforms of feature vectors: nothing is learnt, so nothing can leak."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from shisaku.learn.examples import Features

RowTransform = Literal["sqrt_l2", "l2", "none"]
ROW_TRANSFORMS: tuple[RowTransform, ...] = get_args(RowTransform)


def transform_rows(x: Features, kind: RowTransform) -> Features:
    """Return `x` [n, d] with each row transformed; an all-zero row stays zero.

    ``sqrt_l2``: sign(x) |x|^0.5, then unit length (power normalisation, Perronnin et al., ECCV 2010), which
    tames the bursty channels of frozen networks. ``l2``: unit length. ``none``: as it is.
    """
    if kind == "none":
        return x
    rows = np.sign(x) * np.sqrt(np.abs(x)) if kind == "sqrt_l2" else x
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    unit: Features = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit
