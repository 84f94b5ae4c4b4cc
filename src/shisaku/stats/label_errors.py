"""Confident learning: which labels are probably wrong, and how many (Northcutt et al. 2021, JAIR 70:1373)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from shisaku.stats.proportions import clopper_pearson

Codes = npt.NDArray[np.intp]
Reals = npt.NDArray[np.float64]
FilterBy = Literal["prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given"]
FILTERS: tuple[FilterBy, ...] = get_args(FilterBy)
DRAWS = 500
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ErrorShare:
    """Estimated share of wrong labels with its interval, from `n` labels."""

    share: float
    low: float
    high: float
    n: int


def label_errors(codes: Codes, probabilities: Reals, filter_by: FilterBy = "prune_by_noise_rate") -> tuple[Any, Reals]:
    """Return (which labels are called wrong [n], quality of each label in [0, 1] [n]) by cleanlab.

    `codes` [n] are the given labels as columns of the out-of-sample `probabilities` [n, K]; the quality is the
    probability of the given label.
    """
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    found = find_label_issues(codes, probabilities, filter_by=filter_by, n_jobs=1)
    quality = get_label_quality_scores(codes, probabilities, method="self_confidence")
    return np.asarray(found, np.bool_), np.clip(np.asarray(quality, np.float64), 0.0, 1.0)


def error_share(codes: Codes, probabilities: Reals, units: Codes, *, draws: int = DRAWS, seed: int = 0) -> ErrorShare:
    """Return the share of labels off the diagonal of the calibrated confident joint, with a bootstrap interval.

    `units` [n] are resampled whole (entities, copies). Its upper end is never under the exact bound of no event among
    so many units: where no label is called wrong no resample differs, and that does not show that none is. The interval
    holds the chance of the sample, not what the model cannot know: what it gets wrong with confidence counts as a wrong
    label. Raises ValueError for no labels.
    """
    if not len(codes):
        raise ValueError("error_share needs at least one label")
    share = _off_diagonal(codes, probabilities, np.ones(len(codes)))
    rng = np.random.default_rng(seed)
    n_units = int(units.max()) + 1
    times = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=draws)
    found = [_off_diagonal(codes, probabilities, row[units].astype(np.float64)) for row in times]
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    least = clopper_pearson(0, n_units, LEVEL)[1]
    return ErrorShare(share, min(share, float(low)), max(share, float(high), least), len(codes))


def _off_diagonal(codes: Codes, probabilities: Reals, weights: Reals) -> float:
    width = probabilities.shape[1]
    own = probabilities[np.arange(len(codes)), codes]
    total = np.bincount(codes, weights, minlength=width)
    needed = np.divide(
        np.bincount(codes, weights * own, minlength=width), total, out=np.full(width, np.inf), where=total > 0
    )
    above = probabilities >= needed - 1e-6
    sure = above.any(axis=1)
    wrong = sure & (np.where(above, probabilities, -1.0).argmax(axis=1) != codes)
    counted = np.bincount(codes, weights * sure, minlength=width)
    off = np.bincount(codes, weights * wrong, minlength=width)
    rate = np.divide(off, np.maximum(counted, off + 1), out=np.zeros(width), where=total > 0)
    return float((rate * total).sum() / total.sum())
