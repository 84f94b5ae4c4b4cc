"""How often a classifier is right, over all items or class by class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shisaku.stats.estimate import Floats


def recalls(truth: npt.ArrayLike, predicted: npt.ArrayLike, n_classes: int) -> Floats:
    """Return the recall of each class code 0..n_classes-1; NaN where the class has no item."""
    true = np.asarray(truth, dtype=np.intp)
    right = np.asarray(predicted, dtype=np.intp) == true
    n = np.bincount(true, minlength=n_classes)
    hits = np.bincount(true, weights=right, minlength=n_classes)
    found: Floats = np.divide(hits, n, out=np.full(n_classes, np.nan), where=n > 0)
    return found


def balanced_accuracy(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the mean recall over the classes that occur in `truth` (codes); ValueError if it is empty."""
    true = np.asarray(truth, dtype=np.intp)
    if true.size == 0:
        raise ValueError("balanced_accuracy needs at least one item")
    return float(np.nanmean(recalls(true, predicted, int(true.max()) + 1)))


def accuracy(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> float:
    """Return the share of items whose prediction is right; ValueError if there is none."""
    true = np.asarray(truth)
    if true.size == 0:
        raise ValueError("accuracy needs at least one item")
    return float((true == np.asarray(predicted)).mean())


METRICS = {"balanced_accuracy": balanced_accuracy, "accuracy": accuracy}


def codes_of(labels: Sequence[str], classes: Sequence[str]) -> npt.NDArray[np.intp]:
    """Return the position of each label in `classes`, -1 for a label that is not there."""
    place = {name: i for i, name in enumerate(classes)}
    return np.array([place.get(label, -1) for label in labels], dtype=np.intp)
