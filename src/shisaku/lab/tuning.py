"""What an arm may choose between on validation: weights of its made items and settings of the learner, equally many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from shisaku.core.arm import Arm
from shisaku.core.seed import rng_for
from shisaku.core.study_spec import StudySpec


@dataclass(frozen=True, slots=True)
class Choice:
    """The weight of a synthetic row, and what the learner's parameters are set to."""

    weight: float = 1.0
    settings: Mapping[str, Any] = field(default_factory=dict)


def choices(spec: StudySpec, arm: Arm) -> tuple[Choice, ...]:
    """Return what `arm` tries: smaller weights first, settings in the order of their grids.

    With a grid every arm has the same number of trials: `spec.trials`, or as many as the grid has settings. An arm
    with more combinations draws that many of them at random, once for the study (Bergstra and Bengio, JMLR 13:281,
    2012). A system without training has nothing to try.
    """
    if arm.scores is not None:
        return (Choice(),)
    grid = [dict(zip(spec.tune, values, strict=True)) for values in product(*spec.tune.values())]
    there = [Choice(weight, settings) for weight, settings in product(sorted(arm.weights), grid)]
    allowed = spec.trials or (len(grid) if spec.tune else len(there))
    if len(there) <= allowed:
        return tuple(there)
    drawn = rng_for(spec.split_seed, "trials", arm.name).choice(len(there), allowed, replace=False)
    return tuple(there[place] for place in sorted(drawn))
