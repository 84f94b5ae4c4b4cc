"""How many real items stand behind the models of a contrast: what the overlap of splits is corrected by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.study_spec import StudySpec
from shisaku.lab.purchase import bought
from shisaku.lab.splits import Split


def fewest_behind(spec: StudySpec, splits: Sequence[Split], arm: Arm, shots: int) -> float:
    """Return the fewer real training items of the two sides of a contrast, averaged over splits.

    Fewer items mean a larger Nadeau-Bengio factor (1/J + n_test/n_train), the safe side where an arm buys labels. A
    side without real items (made items alone, a zero-shot system) does not count; if neither has any, the items drawn
    for the split do. Which comparator validation will choose is not known yet: the one with the fewest counts. Raises
    RecipeError for a purchase without a price.
    """
    if spec.train == "made":
        return 0.0
    arms = {one.name: one for one in spec.arms}
    names = [spec.against[arm.name]] if arm.name in spec.against else list(spec.comparators)
    sides = [arm, *(arms[name] for name in names)]
    found = []
    for split in splits:
        there = [n for side in sides if (n := _trained_on(spec, split, side, shots, arms))]
        found.append(min(there, default=len(split.train(shots))))
    return float(np.mean(found))


def _trained_on(spec: StudySpec, split: Split, arm: Arm, shots: int, arms: dict[str, Arm]) -> int:
    """Return how many real items `arm` trains on, 0 for none; of one that chooses, the fewest it may."""
    if arm.choose:
        options = (_trained_on(spec, split, arms[name], shots, arms) for name in arm.choose)
        return min((n for n in options if n), default=0)
    if arm.alone or arm.scores is not None:
        return 0
    if arm.buy == "labels":
        return len(split.further(shots, bought(spec, arm)))
    return len(split.train(shots, arm.more_real))
