"""The money of one verdict in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.core.kpi import Kpi
from shisaku.message import Message, say


def money_line(row: Mapping[str, Any], kpi: Kpi) -> Message:
    """Return the range of what an arm saves in a year; costs that are not the user's are called illustrative in it."""
    yearly = row["yearly"]
    if yearly is None:
        return say("{domain}: what {arm} saves is not known", domain=row["domain"], arm=row["arm"])
    values = {
        "domain": row["domain"], "arm": row["arm"], "base": row["comparator"], "low": yearly["low"],
        "high": yearly["high"], "currency": kpi.currency, "n": kpi.items_per_year,
    }  # fmt: skip
    if kpi.illustrative:
        return say(
            "{domain}: {arm} saves between {low:,.0f} and {high:,.0f} {currency} a year against {base}, at {n:,.0f} "
            "items (illustrative: the costs are not yours)", **values,
        )  # fmt: skip
    return say(
        "{domain}: {arm} saves between {low:,.0f} and {high:,.0f} {currency} a year against {base}, at {n:,.0f} items",
        **values,
    )
