"""Class codes from a trained model or from scores that were written without training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.lab.arms import TrainSet
from shisaku.lab.items import Index, Items
from shisaku.learn.learner import Fitted, Learner
from shisaku.message import say

NO_ANSWER = -1


def fit(learner: Learner, data: TrainSet, weight: float) -> Fitted:
    """Train on real rows and synthetic rows of that weight."""
    return learner.fit(data.x, data.y, data.weighted(weight))


def by_model(fitted: Fitted, items: Items, rows: Index) -> Index:
    """Return the most probable class code of each row; ties go to the lower code."""
    if not len(rows):
        return np.zeros(0, dtype=np.intp)
    best = fitted.predict_proba(items.features[rows]).argmax(axis=1)
    codes: Index = np.asarray(fitted.classes, dtype=np.intp)[best]
    return codes


def by_scores(
    scores: Mapping[str, npt.NDArray[np.float64]], items: Items, rows: Index, n_classes: int, arm: str
) -> Index:
    """Return the class code with the best score of each row; an item without scores has no answer (-1).

    Raises DataError if a score vector does not have one number per class.
    """
    found = np.full(len(rows), NO_ANSWER, dtype=np.intp)
    for place, row in enumerate(rows):
        vector = scores.get(items.ids[row])
        if vector is None or not np.isfinite(vector).all():
            continue
        if len(vector) != n_classes:
            raise DataError(
                say("Arm {arm} scores {found} classes, the study has {known}",
                    arm=arm, found=len(vector), known=n_classes),
                where=items.ids[row],
                next=say("Give the scoring op one text per class of the study"),
            )  # fmt: skip
        found[place] = int(vector.argmax())
    return found
