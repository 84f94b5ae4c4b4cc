"""The group with the most errors, with an interval that takes into account that it was picked for being the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.stats.bounded_mean import group_codes
from shisaku.stats.rate import LEVEL, Rate, rate

ENOUGH = 30


@dataclass(frozen=True, slots=True)
class WorstGroup:
    """The highest error rate of all groups with enough items lies from `low` to `high`; `name` is where it was seen.

    `rates` has every group with its simultaneous interval. `small` are those with fewer than `enough` items, for which
    nothing can be said: they are not in `name`, `value`, `low` and `high`, which are None where all are small.
    """

    name: str | None
    value: float | None
    low: float | None
    high: float | None
    rates: dict[str, Rate]
    small: tuple[str, ...]


def worst_group(
    errors: Sequence[bool] | npt.NDArray[np.bool_],
    names: Sequence[str],
    units: Sequence[object] | npt.NDArray[np.generic] | None = None,
    *,
    enough: int = ENOUGH,
    level: float = LEVEL,
    seed: int = 0,
) -> WorstGroup:
    """Return the worst error rate over groups of items (sites, speakers, classes), with its two-sided interval.

    Every group has an interval with its share of the error (Bonferroni over all groups), so that all hold together; the
    highest rate then lies between the highest lower and the highest upper end. `units` are what items within a group
    come in (a patient's images). Raises ValueError for no item, or counts that differ.
    """
    bad, named = np.asarray(errors, dtype=np.bool_), np.asarray(names, dtype=object).astype(str)
    if bad.ndim != 1 or not bad.size or len(named) != len(bad):
        raise ValueError(f"needs a group for each error, got {len(named)} for shape {bad.shape}")
    unit, kinds = group_codes(units, len(bad)), [str(kind) for kind in np.unique(named)]
    each = 1.0 - (1.0 - level) / len(kinds)
    rates = {kind: rate(bad[named == kind], unit[named == kind], each, seed) for kind in kinds}
    small = tuple(kind for kind in kinds if rates[kind].n < enough)
    known = [kind for kind in kinds if kind not in small]
    if not known:
        return WorstGroup(None, None, None, None, rates, small)
    name = max(known, key=lambda kind: rates[kind].value)
    low, high = max(rates[kind].low for kind in known), max(rates[kind].high for kind in known)
    return WorstGroup(name, rates[name].value, low, high, rates, small)
