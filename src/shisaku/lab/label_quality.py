"""How many labels of a set are wrong, by estimate: what a gate on label quality asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.learn.examples import Features
from shisaku.learn.out_of_fold import out_of_fold
from shisaku.stats.label_errors import error_share


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """Estimated share of wrong labels, interval `low` to `high`, from `n` labels; None where nothing can be said.

    `left_out` labels belong to classes with too few items to be judged. `balanced_accuracy` is that of the models
    which judged: the estimate is worth no more than they are.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int
    left_out: int
    balanced_accuracy: float | None


def label_quality(
    features: Features, labels: Sequence[str], groups: Sequence[str], *, folds: int = 5, repeats: int = 3, seed: int = 0
) -> LabelQuality:
    """Return the estimated share of label errors of rows `features` [n, d] by confident learning.

    `groups` are the entities that no fold may divide. The estimate is None where there are not two classes to tell
    apart, or where the models tell them apart no better than chance.
    """
    judged = out_of_fold(features, labels, groups, folds=folds, repeats=repeats, seed=seed)
    left_out = sum(judged.left_out.values())
    if not len(judged.places):
        return LabelQuality(None, None, None, 0, left_out, None)
    accuracy = float(judged.recalls.mean())
    if not judged.tells_apart:
        return LabelQuality(None, None, None, len(judged.places), left_out, accuracy)
    found = error_share(judged.codes, judged.probabilities, judged.units, seed=seed)
    return LabelQuality(found.share, found.low, found.high, found.n, left_out, accuracy)
