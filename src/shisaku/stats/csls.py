"""Similarity across two sets of rows, without the hubs that are near to everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK = 1024
Reals = npt.NDArray[np.float64]


def csls(ones: Any, others: Any, partner: npt.NDArray[np.intp], neighbours: int) -> tuple[Reals, Reals]:
    """Return the CSLS of every pair (ones[i], others[i]) and of (ones[i], others[partner[i]]); rows of length 1.

    Conneau et al. (ICLR 2018), section 2.3: twice the cosine, less the mean cosine of each to its `neighbours` nearest
    rows of the other set, its own pair left out. Memory is O(n) beside the rows; where `partner` is -1 the second is 0.
    """
    n = len(ones)
    k = min(neighbours, n - 1)
    of_ones, of_others = _hubness(ones, others, k), _hubness(others, ones, k)
    own = 2.0 * np.einsum("ij,ij->i", ones, others).astype(np.float64) - of_ones - of_others
    turned = 2.0 * np.einsum("ij,ij->i", ones, others[partner]).astype(np.float64) - of_ones - of_others[partner]
    return own, np.where(partner >= 0, turned, 0.0)


def _hubness(ones: Any, others: Any, k: int) -> Reals:
    """Return the mean cosine of each row to its k nearest of the others, the one at its own place left out."""
    found = np.empty(len(ones), np.float64)
    for start in range(0, len(ones), BLOCK):
        near = ones[start : start + BLOCK] @ others.T
        rows = np.arange(len(near))
        near[rows, start + rows] = -np.inf
        found[start : start + BLOCK] = np.partition(near, len(others) - k, axis=1)[:, len(others) - k :].mean(axis=1)
    return found
