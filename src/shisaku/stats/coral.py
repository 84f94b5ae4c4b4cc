"""The linear map that gives one set of rows the mean and covariance of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alignment:
    """Rows x become (x - `centre`) `matrix` + `target`."""

    centre: Rows
    matrix: Rows
    target: Rows

    def of(self, rows: Rows) -> Rows:
        """Return the rows [n, d], or one row [d], aligned."""
        return np.asarray((rows - self.centre) @ self.matrix + self.target)


def coral(source: Rows, target: Rows, shrinkage: float | None = None, strength: float = 1.0) -> Alignment:
    """Return the map that whitens `source` and colours it as `target` (CORAL; Sun, Feng and Saenko, AAAI 2016).

    Covariances are shrunk towards a multiple of the identity by the share `shrinkage`, by default as Ledoit and Wolf
    (2004) estimate it for each set; the paper adds the identity instead, which depends on the unit. `strength` 1 aligns
    fully, 0 changes nothing. Raises ValueError for fewer than two rows on a side.
    """
    if min(len(source), len(target)) < 2:
        raise ValueError(f"needs two rows of either set, got {len(source)} and {len(target)}")
    means = source.mean(axis=0), target.mean(axis=0)
    own, theirs = (_covariance(rows, shrinkage) for rows in (source, target))
    whole = _power(own, -0.5) @ _power(theirs, 0.5)
    matrix = strength * whole + (1.0 - strength) * np.eye(len(whole))
    return Alignment(means[0], matrix, means[0] + strength * (means[1] - means[0]))


def _covariance(rows: Rows, shrinkage: float | None) -> Rows:
    from sklearn.covariance import ledoit_wolf_shrinkage

    away = rows - rows.mean(axis=0)
    plain = away.T @ away / len(rows)
    share = float(ledoit_wolf_shrinkage(away, assume_centered=True)) if shrinkage is None else shrinkage
    return np.asarray((1.0 - share) * plain + share * np.trace(plain) / len(plain) * np.eye(len(plain)))


def _power(matrix: Rows, exponent: float) -> Rows:
    values, vectors = np.linalg.eigh(matrix)
    # Directions without any spread stay without it: nothing is blown up.
    held = values > 1e-10 * max(float(values.max()), 1e-300)
    raised = np.where(held, np.power(np.where(held, values, 1.0), exponent), 0.0)
    return np.asarray((vectors * raised) @ vectors.T)
