"""The change of the expected cost per item between two models, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import checked_codes, checked_costs, checked_shares
from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.estimate import DrawsEstimate, Estimate, Floats, TEstimate


def cost_change_of_models(
    changes: npt.ArrayLike,
    truth: npt.ArrayLike,
    costs: npt.ArrayLike,
    prevalence: npt.ArrayLike,
    groups: Sequence[object] | npt.NDArray[np.generic],
    rng: np.random.Generator,
    level: float = 0.0,
) -> Estimate:
    """Return the change of the expected cost from `changes` [models, items] of item costs on one fixed test set.

    It is the interval that decides on a fixed test set (`clusters.fixed_test_estimate`), with classes as strata that
    weigh as they do in use. Its least variance is that of one item of the class where an item weighs most. For resplits
    take `resplit.nadeau_bengio` of the expected costs split by split. Raises ValueError for bad
    costs or shares, or a class that occurs in use and was not tested.
    """
    table, rows = checked_costs(costs), np.atleast_2d(np.asarray(changes, dtype=np.float64))
    codes, shares = checked_codes(truth, len(table), "class"), checked_shares(prevalence, len(table))
    if rows.shape[1] != len(codes) or not np.isfinite(rows).all():
        raise ValueError(f"needs a finite change per model and item, got shape {rows.shape} for {len(codes)} items")
    counts = np.bincount(codes, minlength=len(table))
    if (counts[shares > 0] == 0).any():
        raise ValueError(f"class {int(np.flatnonzero((shares > 0) & (counts == 0))[0])} occurs in use, but has no item")
    weights: Floats = shares * int((counts > 0).sum())
    # `Clustered` takes strata as equals and values as shares; `unit` is what makes its floor that of the dearest item.
    unit = len(codes) * float((shares * np.ptp(table, axis=1) / np.maximum(1, counts)).max())
    data = Clustered.of(rows * weights[codes] / (unit or 1.0), codes, np.asarray(groups, dtype=object).astype(str))
    return _times(fixed_test_estimate(data, rng, level=level), unit)


def _times(found: Estimate, unit: float) -> Estimate:
    if isinstance(found, DrawsEstimate):
        return DrawsEstimate(found.mean * unit, found.draws * unit, found.df, found.method)
    assert isinstance(found, TEstimate)  # noqa: S101 - the two that `fixed_test_estimate` returns
    return TEstimate(found.mean * unit, found.se * unit, found.df, found.method)
