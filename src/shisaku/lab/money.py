"""An effect said in money."""

from __future__ import annotations

from shisaku.core.kpi import Kpi
from shisaku.core.verdict import Decision, Money


def money_of(interval: tuple[float, float], decision: Decision, kpi: Kpi) -> Money | None:
    """Return the yearly range: interval of the rate of right answers x items a year x cost of an error.

    With balanced accuracy this takes every class as equally frequent. Under ABSTAIN the range is widened
    to contain zero; an interval without ends gives None.
    """
    low, high = (end * kpi.items_per_year * kpi.cost_per_error for end in interval)
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        return None
    if decision == "ABSTAIN":
        low, high = min(low, 0.0), max(high, 0.0)
    return Money(low, high, kpi.currency, kpi.illustrative)
