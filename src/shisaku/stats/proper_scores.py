"""How good probabilities are, by scores that only the true probabilities can win: Brier and logarithmic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import checked_answers
from shisaku.stats.clusters import Clustered, cluster_t
from shisaku.stats.estimate import Floats, TEstimate

ProperScore = Literal["brier", "brier_of_positive", "log_loss"]
# The least probability that is believed, as in scikit-learn: one sure error costs 36 nats, and not infinitely many.
LEAST = float(np.finfo(np.float64).eps)


def item_scores(probabilities: npt.ArrayLike, truth: npt.ArrayLike, score: ProperScore) -> Floats:
    """Return the score of each item; lower is better.

    ``brier`` is the sum over all classes of the squared error (Brier, Monthly Weather Review 78:1, 1950), from 0 to 2;
    ``brier_of_positive`` is that of the second of two classes alone, half as much, from 0 to 1, which is what is mostly
    meant for two classes; ``log_loss`` is minus the natural logarithm of the probability of the true class. Raises
    ValueError for rows that do not add up to 1.
    """
    rows, codes = checked_answers(probabilities, truth)
    if score not in get_args(ProperScore):
        raise ValueError(f"needs one of {get_args(ProperScore)}, got {score}")
    of_truth = rows[np.arange(len(rows)), codes]
    found: Floats
    if score == "log_loss":
        found = -np.log(np.clip(of_truth, LEAST, 1.0 - LEAST))
    else:
        # The squared errors of all classes: those of the others, and (1 - p)^2 of the true one.
        found = (rows**2).sum(axis=1) - of_truth**2 + (1.0 - of_truth) ** 2
        if score == "brier_of_positive":
            if rows.shape[1] != 2:
                raise ValueError(f"{score} needs two classes, got {rows.shape[1]}")
            found = found / 2.0
    return found


def mean_score(
    probabilities: npt.ArrayLike,
    truth: npt.ArrayLike,
    score: ProperScore,
    groups: Sequence[object] | npt.NDArray[np.generic] | None = None,
) -> TEstimate:
    """Return the mean score with Student's t over groups (`clusters.cluster_t`); without groups every item is one.

    Raises ValueError for fewer than two groups.
    """
    items = item_scores(probabilities, truth, score)
    names = np.arange(len(items)) if groups is None else np.asarray(groups, dtype=object).astype(str)
    return cluster_t(Clustered.of(items[None], np.zeros(len(items), np.intp), names))
