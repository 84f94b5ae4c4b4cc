"""Fewer columns for the same linear model: rows written in a basis of the space that they span."""

from __future__ import annotations

import numpy as np

from shisaku.learn.examples import Features, Reals


def row_space(x: Features) -> tuple[Features, Reals | None]:
    """Return rows z [n, n] and an orthonormal basis [d, n] with ``z @ basis.T == x``; `x` and None if n >= d.

    A linear model with an L2 penalty has its coefficients in the span of its training rows (representer theorem;
    Kimeldorf and Wahba, J. Math. Anal. Appl. 33:82, 1971), and the penalty does not see a rotation. So coefficients
    c [K, n] that are learnt on z are the coefficients ``c @ basis.T`` that would have been learnt on x.
    """
    if len(x) >= x.shape[1]:
        return x, None
    basis, corner = np.linalg.qr(x.T.astype(np.float64))
    return corner.T, basis


def widened(coefficients: Reals, basis: Reals | None) -> Reals:
    """Return coefficients [K, d] for the rows themselves."""
    return coefficients if basis is None else coefficients @ basis.T
