"""What is said of a figure over the rounds in which samples were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.core.finding import Finding
from shisaku.message import Message, say
from shisaku.stats.fall import Fall, fall
from shisaku.stats.jackknife import Jackknifed


def over_rounds(
    name: str, figure: Message, figures: Mapping[int, Jackknifed], wanted: int, loss: float, error: float
) -> Finding:
    """Return whether a figure falls over the rounds; `wanted` samples are needed in a round to be one of `figures`."""
    if len(figures) < 2:
        what = say("{figure} over rounds was not asked for: it takes two rounds of {wanted} samples or more, "
                   "and there are {found}", figure=figure, wanted=wanted, found=len(figures))  # fmt: skip
        return Finding(name, what, "note", n=sum(one.n for one in figures.values()))
    rounds = sorted(figures)
    found = fall(rounds, [figures[one] for one in rounds], loss, error)
    held: dict[str, Any] = {
        "figure": figure,
        "slope": found.slope,
        "low": found.low,
        "high": found.high,
        "rounds": len(rounds),
    }
    table = tuple(row_of("round", one, figures[one]) for one in rounds)
    n = sum(one.n for one in figures.values())
    if not found.sign:
        what = say("{figure} does not fall over {rounds} rounds (slope per round {slope:.4f} [{low:.4f}, {high:.4f}])",
                   **held)  # fmt: skip
        return Finding(name, what, "note", found.slope, found.low, found.high, n, table=table)
    then = say("Stop before round {worst}: change prompts or models, or keep real samples in what later rounds are "
               "made from", worst=found.worst)  # fmt: skip
    return Finding(name, _told(found, held), "warn", found.slope, found.low, found.high, n, then, table=table)


def row_of(kind: str, name: object, one: Jackknifed) -> dict[str, object]:
    """Return a row of a table: a figure in [0, 1] with its interval, and on how many samples."""
    low, high = one.share()
    return {kind: name, "value": round(one.value, 4), "low": round(low, 4), "high": round(high, 4), "n": one.n}


def _told(found: Fall, held: Mapping[str, Any]) -> Message:
    if found.sign == "step":
        return say("{figure} collapses: round {worst} has {share:.0%} less than the first (slope per round {slope:.4f} "
                   "[{low:.4f}, {high:.4f}] over {rounds})", worst=found.worst, share=found.share, **held)  # fmt: skip
    return say("{figure} falls over {rounds} rounds: {share:.0%} less in round {worst} than in the first (slope per "
               "round {slope:.4f} [{low:.4f}, {high:.4f}], Mann-Kendall p {p:.3f})",
               worst=found.worst, share=found.share, p=found.p or 0.0, **held)  # fmt: skip
