"""What it would take to show the gain that a study expects."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from shisaku.core.study_spec import StudySpec
from shisaku.stats.power import cluster_se, provable_distance, resplit_se

# Scores lie between 0 and 1, so no difference is larger than this, whatever is measured.
LARGEST = 1.0
FAR = 1e4  # standard errors; the noncentral t is not reliable beyond
MOST_SPLITS, MOST_GROUPS = 1000, 1_000_000


def distance(se: float, df: float, level: float) -> float | None:
    """Return how far beyond a margin the truth must lie to be shown with 80 % power; None if it never can."""
    from scipy.stats import t

    # With any power above one half the truth lies further away than the bound reaches.
    reach = float(t.isf(level, df)) if level > 0 else math.inf
    if reach > FAR or reach * se > 2 * LARGEST:
        return None
    found = provable_distance(se, df, level)
    return found if found <= 2 * LARGEST else None


def needed(spec: StudySpec, row: Mapping[str, Any], least: int) -> dict[str, int | None]:
    """Return the splits, and the test items, that would show the expected gain of a plan's row with 80 % power.

    Each is what suffices while all else stays, None where nothing does; `least` splits are needed in any case. On a
    fixed test set the items are independent groups. Where the test is a part of the data, items are per test and the
    training half grows alike: the sd of a split's difference is then taken to fall as 1/sqrt(items), which is what the
    sampling of test items alone would make.
    """
    room = spec.expected_gain - row["margins"]["delta_gain"]
    level, groups, splits = row["level"], row["clusters"], row["splits"]
    if room <= 0:
        return {"splits": None, "items": None}
    if groups is not None:

        def fixed(j: int, g: int) -> float:
            return cluster_se(spec.assumed_item_sd, g, spec.assumed_sd, j)

        return {
            "splits": _first(least, MOST_SPLITS, lambda j: _shows(fixed(j, groups), min(groups, j) - 1, level, room)),
            "items": _first(2, MOST_GROUPS, lambda g: _shows(fixed(splits, g), min(g, splits) - 1, level, room)),
        }
    now = distance(row["se"], row["df"], level)

    def se(j: int) -> float:
        return resplit_se(spec.assumed_sd, j, row["n_test"], row["n_train"])

    return {
        "splits": _first(least, MOST_SPLITS, lambda j: _shows(se(j), j - 1, level, room)),
        "items": None if now is None else math.ceil(row["n_test"] * (now / room) ** 2),
    }


def _shows(se: float, df: int, level: float, room: float) -> bool:
    found = distance(se, float(df), level)
    return found is not None and found <= room


def _first(low: int, high: int, enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number that is enough, None if the largest is not; more is never worse."""
    place = bisect_left(range(low, high + 1), True, key=enough)
    return low + place if low + place <= high else None
