"""``shisaku next log``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, told
from shisaku.message import Message, say

POINTS = 100.0


def command(json: Json = False) -> None:
    """List every purchase with its purpose, expected and realised gain, and how past expectations held.

    Examples:
      shisaku next log --json

    """
    from shisaku.api.purchases import next_log

    found = next_log()
    if json:
        emit(found)
        return
    for row in found["purchases"]:
        typer.echo(told(purchase_line(row)))
    for line in found["calibration"]["lines"]:
        typer.echo(told(line))


def purchase_line(row: Mapping[str, Any]) -> Message:
    """Return a purchase in a sentence."""
    got = row["realised"]
    return say(
        "{id} {date}: {n} {offer} for {cost:g} {currency}, to: {purpose}. Expected {mean:+.1f} points [{low:+.1f}, "
        "{high:+.1f}]; realised {realised}",
        id=row["id"], date=row["date"][:10], n=row["n"], offer=row["offer"], cost=row["cost"],
        currency=row["currency"], purpose=row["purpose"], mean=POINTS * row["mean"], low=POINTS * row["low"],
        high=POINTS * row["high"], realised=say("not known yet") if got is None else _realised(got),
    )  # fmt: skip


def _realised(got: Mapping[str, Any]) -> Message:
    if got["low"] is None or got["high"] is None:
        return say("{mean:+.1f} points, interval not known ({decision})", mean=POINTS * got["mean"],
                   decision=got["decision"])  # fmt: skip
    told_ = {"mean": POINTS * got["mean"], "low": POINTS * got["low"], "high": POINTS * got["high"],
             "decision": got["decision"]}  # fmt: skip
    if got["simulated"]:
        return say("{mean:+.1f} points [{low:+.1f}, {high:+.1f}] ({decision}), on simulated items", **told_)
    return say("{mean:+.1f} points [{low:+.1f}, {high:+.1f}] ({decision})", **told_)
