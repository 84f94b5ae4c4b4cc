"""Figures of a plan in sentences: money that says where it was invented, and simulated shares with their interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shisaku.message import Message, say


def amount(plan: Mapping[str, Any], value: float) -> Message:
    """Return an amount of money, for a line that `priced` marks."""
    return say("{value:,.0f} {currency}", value=value, currency=plan["budget"]["currency"])


def marked(plan: Mapping[str, Any], value: float) -> Message:
    """Return an amount of money that stands alone; one that was invented says so."""
    return priced(amount(plan, value), plan["budget"]["illustrative"])


def priced(line: Message, illustrative: bool) -> Message:
    """Return a line that holds money; where it was invented the line says so."""
    return say("{line} (money is illustrative)", line=line) if illustrative else line


def share_of(found: Mapping[str, float]) -> Message:
    """Return a simulated share with the interval of its Monte Carlo error."""
    return say("{share:.1%} [{low:.1%}, {high:.1%}]", **{end: found[end] for end in ("share", "low", "high")})
