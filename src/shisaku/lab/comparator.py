"""Which system without made data the made data has to beat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shisaku.lab.trial import Trial
from shisaku.lab.validation import best


def agree(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the trials with one comparator per number of shots: the best on validation, averaged over all splits.

    Validation looks at training items only, but a single split holds few of them: chosen split by split, a
    weak system wins now and then, and the made data looks good beside it. What is a training item in one
    split is tested in another, so the average may favour the comparator a little; that is the safe side.
    Ties go to the one declared first.
    """
    chosen = {}
    for shots in dict.fromkeys(trial.shots for trial in trials):
        mine = [trial for trial in trials if trial.shots == shots]
        if mine[0].validation:
            chosen[shots] = best({name: _mean([t.validation[name] for t in mine]) for name in mine[0].validation})
    return tuple(replace(trial, comparator=chosen.get(trial.shots, trial.comparator)) for trial in trials)


def favourites(trials: Sequence[Trial]) -> Counter[str]:
    """Count in how many splits each comparator was the best on validation."""
    return Counter(best(trial.validation) if trial.validation else trial.comparator for trial in trials)


def _mean(scores: Sequence[float]) -> float:
    known = [score for score in scores if not np.isnan(score)]
    return float(np.mean(known)) if known else float("nan")
