"""The expected cost per item with its interval: of one model, and of the difference between two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import BoundedEstimate, Strata, bounded_mean
from shisaku.stats.checked_input import checked_codes, checked_costs, checked_shares
from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.estimate import DrawsEstimate, Estimate, Floats, TEstimate
from shisaku.stats.expected_cost import item_costs

Groups = Sequence[object] | npt.NDArray[np.generic]


def cost_interval(
    truth: npt.ArrayLike,
    actions: npt.ArrayLike,
    costs: npt.ArrayLike,
    prevalence: npt.ArrayLike,
    groups: Groups | None = None,
    seed: int = 0,
) -> BoundedEstimate:
    """Return the expected cost per item in use, from items that were each tested once.

    No error of a rare and dear kind among few items of its class is no proof that there is none: the interval is that
    of `bounded_mean`, with the dearest and the cheapest action of each class as its bounds. Raises ValueError for bad
    costs or shares, or a class that occurs in use and was not tested.
    """
    table = checked_costs(costs)
    codes = checked_codes(truth, len(table), "class")
    strata = Strata(codes, checked_shares(prevalence, len(table)), table.min(axis=1), table.max(axis=1))
    return bounded_mean(item_costs(codes, actions, table), strata, groups, seed=seed)


def cost_change(
    truth: npt.ArrayLike,
    actions: tuple[npt.ArrayLike, npt.ArrayLike],
    costs: npt.ArrayLike,
    prevalence: npt.ArrayLike,
    groups: Groups | None = None,
    seed: int = 0,
) -> BoundedEstimate:
    """Return the expected cost per item of the second of two `actions` less that of the first, on the same items.

    Pairing takes out what is hard for both. Bounds, interval and errors as in `cost_interval`.
    """
    table = checked_costs(costs)
    codes = checked_codes(truth, len(table), "class")
    span = np.ptp(table, axis=1)
    strata = Strata(codes, checked_shares(prevalence, len(table)), -span, span)
    change = item_costs(codes, actions[1], table) - item_costs(codes, actions[0], table)
    return bounded_mean(change, strata, groups, seed=seed)


def cost_change_of_models(
    changes: npt.ArrayLike,
    truth: npt.ArrayLike,
    costs: npt.ArrayLike,
    prevalence: npt.ArrayLike,
    groups: Groups,
    rng: np.random.Generator,
    level: float = 0.0,
) -> Estimate:
    """Return the change of the expected cost from `changes` [models, items] of item costs on one fixed test set.

    It is the interval that decides on a fixed test set (`clusters.fixed_test_estimate`), with classes as strata that
    weigh as they do in use. Its least variance is that of one item of the class where an item weighs most. For resplits
    take `resplit.nadeau_bengio` of the expected costs split by split. Raises ValueError as `cost_interval` does.
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
