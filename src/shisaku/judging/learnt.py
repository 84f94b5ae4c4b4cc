"""From where on a judge's score is good enough, learnt from reviewers' marks, else from the real samples beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shisaku.stats.learnt_threshold import LearntThreshold, threshold_from_real, threshold_from_verdicts
from shisaku.stats.proportions import clopper_pearson

MARKS, REAL = "marks", "real"
PRECISION = 0.9  # of those that pass, how many a reviewer would pass
PASSING = 0.95  # of real samples
Scores = Mapping[str, float]


def learnt(
    scores: Scores, real: Scores, marks: Mapping[str, bool], groups: Mapping[str, str], seed: int
) -> dict[str, Any] | None:
    """Return the threshold of one judge on one batch, and which share of the batch lies below it, with its interval.

    `from` says what it was learnt from. `expected` (`low` to `high`) is, of marks, the share of those above it that
    are good; of real samples, the share of them that pass. None where neither are enough: then nothing is claimed.
    """
    found = _of_marks(scores, marks, groups, seed)
    source = MARKS
    if found is None or found.threshold is None:
        # Scores that are all the same say what real samples are by definition (no copy, no hop), not what is usual.
        if len(set(real.values())) < 2:
            return None
        found, source = threshold_from_real(list(real.values()), PASSING), REAL
    if found.threshold is None:
        return None
    below = sum(score < found.threshold for score in scores.values())
    low, high = clopper_pearson(below, len(scores))
    told = asdict(found)
    return {
        "from": source,
        "threshold": found.threshold,
        "expected": {key: told[key] for key in ("share", "low", "high", "n")},
        "below": {"items": below, "share": below / len(scores), "low": low, "high": high, "n": len(scores)},
    }


def _of_marks(
    scores: Scores, marks: Mapping[str, bool], groups: Mapping[str, str], seed: int
) -> LearntThreshold | None:
    marked = sorted(id_ for id_ in scores if id_ in marks)
    if not marked:
        return None
    values, said = [scores[id_] for id_ in marked], [marks[id_] for id_ in marked]
    return threshold_from_verdicts(values, said, PRECISION, groups=[groups.get(id_, id_) for id_ in marked], seed=seed)
