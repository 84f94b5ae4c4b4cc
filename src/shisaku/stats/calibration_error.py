"""How far stated probabilities are from what happens, and how far they would seem to be if they were right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.checked_input import checked_answers
from shisaku.stats.estimate import Floats

BINS = 15
PER_BIN = 10
DRAWS = 2000
BLOCK = 250
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """The expected calibration error `ece` over `bins` of equal count, and what it would be without any error.

    `by_chance` is its mean and `upper` its 95 % quantile if every probability were right; `p` is the chance of an `ece`
    as large. `squared` is the mean squared calibration error without its bias, which may be negative; `root` is its
    square root, 0 where it is negative.
    """

    ece: float
    bins: int
    by_chance: float
    upper: float
    p: float
    squared: float
    n: int

    @property
    def root(self) -> float:
        """The debiased root mean squared calibration error."""
        return math.sqrt(max(0.0, self.squared))


def top_answers(probabilities: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the probability of each item's likeliest class (of equal ones the first), and whether it was right."""
    rows, codes = checked_answers(probabilities, truth)
    best = rows.argmax(axis=1)
    found: Floats = rows[np.arange(len(rows)), best]
    return found, best == codes


def equal_bins(stated: npt.ArrayLike, bins: int = BINS) -> Codes:
    """Return the bin of each probability, bins of equal count in rising order.

    Of fewer than 10 items a bin there are fewer bins. Equal probabilities are in one bin, so that no order of the items
    decides; where many are equal there are fewer bins too. Raises ValueError for a probability outside [0, 1].
    """
    p = np.asarray(stated, dtype=np.float64)
    if p.ndim != 1 or not p.size or bins < 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"needs probabilities in [0, 1], at least one, and a bin, got shape {p.shape} and {bins}")
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    wanted = max(1, min(bins, len(p) // PER_BIN))
    # A value goes to the bin that the middle of its items falls into.
    middle = (np.cumsum(counts) - counts / 2) / len(p)
    home = np.minimum((middle * wanted).astype(np.intp), wanted - 1)
    return np.unique(home[place], return_inverse=True)[1].astype(np.intp)


def binned(stated: npt.ArrayLike, happened: npt.ArrayLike, bins: int) -> tuple[Floats, Floats, Codes]:
    """Return the probabilities, what happened and the bins. Raises ValueError unless it is 0 or 1 for each of them."""
    p, y = np.asarray(stated, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    home = equal_bins(p, bins)
    if y.shape != p.shape or not np.isin(y, (0.0, 1.0)).all():
        raise ValueError(f"needs 0 or 1 for each probability, got shape {y.shape} for {p.shape}")
    return p, y, home


def calibration_error(
    stated: npt.ArrayLike,
    happened: npt.ArrayLike,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    bins: int = BINS,
    seed: int = 0,
    draws: int = DRAWS,
) -> CalibrationError:
    """Return the expected calibration error of probabilities `stated` for what `happened` (0 or 1).

    `ece` is the mean over bins, by their size, of |share that happened - mean stated| (Naeini et al., AAAI 2015, with
    bins of equal count as in Nguyen and O'Connor, EMNLP 2015). It is above 0 for right probabilities too: its null
    distribution draws what happens anew from them (consistency resampling, Broecker and Smith, Weather and Forecasting
    22:651, 2007); with groups it turns the sign of all errors of a group together instead (wild cluster bootstrap,
    Cameron, Gelbach and Miller, Review of Economics and Statistics 90:414, 2008). `squared` is the sum over bins of
    their share times (gap^2 - m (1 - m) / (k - 1)), m the share that happened and k the items of the bin (Kumar, Liang
    and Ma, NeurIPS 2019, section 5; Broecker, Climate Dynamics 39:655, 2012): without bias for independent items. Bins
    of one item are left out of it. Errors that cancel within a bin are in neither.
    """
    p, y, home = binned(stated, happened, bins)
    if draws < 1:
        raise ValueError(f"needs one draw or more, got {draws}")
    count, n = int(home.max()) + 1, len(p)
    ece = float(np.abs(np.bincount(home, weights=y - p)).sum()) / n
    rng = rng_for(seed, "calibration_error", "")
    by_chance = _by_chance(p, y, home, group_codes(groups, n) if groups is not None else None, rng, draws)
    larger = int((by_chance >= ece - 1e-12).sum())
    return CalibrationError(
        ece=ece,
        bins=count,
        by_chance=float(by_chance.mean()),
        upper=float(np.quantile(by_chance, 0.95)),
        p=(larger + 1) / (draws + 1),
        squared=_squared(p, y, home),
        n=n,
    )


def _squared(p: Floats, y: Floats, home: Codes) -> float:
    k = np.bincount(home).astype(np.float64)
    m, c = np.bincount(home, weights=y) / k, np.bincount(home, weights=p) / k
    enough = k > 1
    if not enough.any():
        return 0.0
    parts = (m - c)[enough] ** 2 - (m * (1 - m))[enough] / (k[enough] - 1)
    return float(k[enough] @ parts / k[enough].sum())


def _by_chance(p: Floats, y: Floats, home: Codes, group: Codes | None, rng: np.random.Generator, draws: int) -> Floats:
    """Return draws of the error of probabilities that are right."""
    n, count = len(p), int(home.max()) + 1
    into = np.zeros((n, count))
    into[np.arange(n), home] = 1.0
    if group is not None:
        table = np.zeros((int(group.max()) + 1, count))
        np.add.at(table, group, into * (y - p)[:, None])
    found = np.empty(draws)
    for start in range(0, draws, BLOCK):
        part = slice(start, min(start + BLOCK, draws))
        size = part.stop - start
        if group is None:
            gaps = ((rng.random((size, n)) < p) - p) @ into
        else:
            gaps = rng.choice([-1.0, 1.0], size=(size, len(table))) @ table
        found[part] = np.abs(gaps).sum(axis=1) / n
    return found
