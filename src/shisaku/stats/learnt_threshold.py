"""From where on a score is good enough: learnt from verdicts of people, or from real items, never guessed.

Higher scores are better, and an item passes from the threshold on. Items count as independent unless groups are given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from shisaku.stats.dealt import dealt
from shisaku.stats.proportions import clopper_pearson

How = Literal["auto", "isotonic", "logistic"]
HOWS: tuple[How, ...] = get_args(How)
Reals = npt.NDArray[np.float64]
LEVEL = 0.95
ENOUGH = 30  # verdicts
OF_EITHER = 5  # verdicts of either kind
FOR_ISOTONIC = 1000  # below, isotonic regression overfits (Niculescu-Mizil and Caruana, ICML 2005)
WEAK = 100.0  # inverse strength of the penalty that keeps the logistic finite where verdicts are separable


@dataclass(frozen=True, slots=True)
class LearntThreshold:
    """A threshold, what share is expected of it with its 95 % interval, and on how many items it rests.

    From verdicts `share` is the precision: of those that pass, how many are good; from real items it is the share of
    real items that pass. `kept` is how many items that took no part in learning passed. `threshold` is None where none
    can be learnt, and `enough` says how many items that would take (0: more items would not help as such).
    """

    threshold: float | None
    share: float | None
    low: float | None
    high: float | None
    n: int
    kept: int = 0
    enough: int = 0


def threshold_from_real(scores: npt.ArrayLike, share: float = 0.95, level: float = LEVEL) -> LearntThreshold:
    """Return the threshold that a share of real items is expected to pass, from real items that were held out.

    It is the k-th smallest score, k = floor((1 - share)(n + 1)). Whatever the distribution, the share of further real
    items that pass follows Beta(n - k + 1, k) (Wilks, Ann. Math. Stat. 12:91, 1941), with mean 1 - k / (n + 1); the
    interval is its central one, exact for continuous scores and on the safe side for ties. Fewer than
    1 / (1 - share) - 1 items give no threshold. Raises ValueError for a NaN or a share that is not inside (0, 1).
    """
    from scipy.stats import beta

    x = np.sort(_numbers(scores))
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must be inside (0, 1), got {share}")
    k = math.floor((1.0 - share) * (x.size + 1) + 1e-9)
    if k < 1:
        return LearntThreshold(None, None, None, None, x.size, enough=math.ceil(1.0 / (1.0 - share) - 1e-9) - 1)
    law, tail = beta(x.size - k + 1, k), (1.0 - level) / 2.0
    return LearntThreshold(
        float(x[k - 1]), float(law.mean()), float(law.ppf(tail)), float(law.ppf(1.0 - tail)), x.size, x.size - k + 1
    )


def threshold_from_verdicts(
    scores: npt.ArrayLike,
    ok: Sequence[bool] | npt.NDArray[np.bool_],
    want: float = 0.9,
    *,
    how: How = "auto",
    groups: Sequence[str] | None = None,
    folds: int = 5,
    seed: int = 0,
    level: float = LEVEL,
) -> LearntThreshold:
    """Return the lowest threshold from which on a share `want` of what passes is expected to be good.

    A calibration of the scores on the verdicts `ok` (isotonic regression, or Platt's logistic below 1000 verdicts)
    gives every score a chance to be good; the threshold is the lowest score from which on these average `want`. The
    expected precision is cross-fitted: each of `folds` parts, none of which shares a group with another, is judged by
    a threshold learnt on the others, and the exact interval (Clopper-Pearson) is that of the pooled counts. Under 30
    verdicts, or 5 of either kind, none is learnt. Raises ValueError for lengths that differ or a NaN.
    """
    x, good = _numbers(scores), np.asarray(ok, dtype=np.bool_).ravel()
    if x.size != good.size or how not in HOWS or not 0.0 < want < 1.0:
        raise ValueError(f"needs a verdict per score, how in {HOWS} and want inside (0, 1), got {x.size}, {good.size}")
    rarer = int(min(good.sum(), (~good).sum()))
    if x.size < ENOUGH or rarer < OF_EITHER:
        share = rarer / x.size if x.size else 0.0
        wanted = max(ENOUGH, math.ceil(OF_EITHER / share) if share else 0)
        return LearntThreshold(None, None, None, None, x.size, enough=wanted)
    names = [str(name) for name in groups] if groups is not None else [str(place) for place in range(x.size)]
    fold = dealt(["good" if one else "bad" for one in good], names, folds, seed)
    kept = np.zeros(x.size, dtype=np.bool_)
    for part in range(folds):
        own, rest = fold == part, fold != part
        cut = _lowest(x[rest], good[rest], want, how) if own.any() and rest.any() else None
        if cut is not None:
            kept[own] = x[own] >= cut
    threshold, n_kept = _lowest(x, good, want, how), int(kept.sum())
    if threshold is None or not n_kept:
        return LearntThreshold(None, None, None, None, x.size)
    hits = int(good[kept].sum())
    return LearntThreshold(threshold, hits / n_kept, *clopper_pearson(hits, n_kept, level), x.size, n_kept)


def _lowest(x: Reals, good: npt.NDArray[np.bool_], want: float, how: How) -> float | None:
    order = np.argsort(-x, kind="stable")
    chances = _calibrated(x, good, how)(x[order])
    average = np.cumsum(chances) / np.arange(1, x.size + 1)
    # Equal scores pass or fail together: only the last of them says what passes with all of them.
    last = np.append(x[order][1:] != x[order][:-1], True)
    fine = np.flatnonzero((average >= want) & last)
    return float(x[order][fine[-1]]) if fine.size else None


def _calibrated(x: Reals, good: npt.NDArray[np.bool_], how: How) -> Callable[[Reals], Reals]:
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression

    base = float(good.mean())
    if base in (0.0, 1.0):
        return lambda new: np.full(new.shape, base)
    if how == "isotonic" or (how == "auto" and x.size >= FOR_ISOTONIC):
        steps = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(x, good.astype(np.float64))
        return lambda new: np.asarray(steps.predict(new), dtype=np.float64)
    middle, spread = float(x.mean()), float(x.std()) or 1.0
    line = LogisticRegression(C=WEAK).fit(((x - middle) / spread)[:, None], good)
    if line.coef_[0, 0] <= 0.0:  # a score that says nothing, or the wrong thing, picks nobody out
        return lambda new: np.full(new.shape, base)
    return lambda new: np.asarray(line.predict_proba(((new - middle) / spread)[:, None])[:, 1], dtype=np.float64)


def _numbers(values: npt.ArrayLike) -> Reals:
    x = np.asarray(values, dtype=np.float64).ravel()
    if np.isnan(x).any():
        raise ValueError("a score is not a number")
    return x
