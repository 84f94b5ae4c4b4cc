"""What the whole run will cost, told from a preview of it."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe
    from shisaku.store.run import Run


def forecast(run: Run, recipe: Recipe) -> list[dict[str, Any]]:
    """Return for every step that asked a paid model in a preview what all its calls will cost, with 95 % limits.

    As many calls are expected per sample of the whole as there were per sample of the preview. `low` to `high` is an
    interval of prediction by Student's t over the calls of the preview; with one call `high` is None: there is none.
    """
    from shisaku.guard.explain import left
    from shisaku.guard.ledger import ledger_of
    from shisaku.guard.preview import preview
    from shisaku.guard.verify import records

    place = ledger_of(run.path)
    sizes = run.read_json("run").get("sizes")
    if not sizes or not place.is_file():
        return []
    costs: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in left(records(place)):
        costs[row["step"], row.get("currency", "")].append(float(row.get("cost", 0.0)))
    found = []
    for (step, currency), paid in sorted(costs.items()):
        share = share_of(step, recipe, sizes)
        if share <= 0.0 or not any(paid):
            continue
        told = preview(paid, max(len(paid), round(len(paid) / share)))
        high = told.high if math.isfinite(told.high) else None
        found.append(
            {"step": step, "currency": currency, "calls": told.calls, "measured": told.measured, "total": told.total,
             "low": told.low, "high": high}
        )  # fmt: skip
    return found


def told(rows: list[dict[str, Any]]) -> list[Message]:
    """Return a sentence for every step of a forecast."""
    return [
        say(
            "{step}: the whole would take about {calls} calls and {total:.4g} {currency} ({low:.4g} to {high}), told "
            "from {measured}",
            **{**row, "high": "?" if row["high"] is None else f"{row['high']:.4g}"},
        )
        for row in rows
    ]


def share_of(step: str, recipe: Recipe, sizes: dict[str, dict[str, int]]) -> float:
    """Return which share of the samples that reach a step the preview had."""
    from shisaku.registry.streams import streams_of

    streams = streams_of(recipe)
    roots: set[str] = set()
    waiting = [step]
    while waiting:
        name = waiting.pop()
        if name in sizes:
            roots.add(name)
        elif name in streams:
            waiting += streams[name].source
    shown, whole = (sum(sizes[name][which] for name in roots) for which in ("shown", "whole"))
    return shown / whole if whole else 0.0
