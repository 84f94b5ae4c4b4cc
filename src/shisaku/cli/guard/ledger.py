"""``shisaku guard ledger``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say

RUN = typer.Argument(help="The folder of a run.")
SHOWN = 200


def command(run: Annotated[Path, RUN], out: JsonOut = None, json: Json = False) -> None:
    """List every request that left: when, to whom, for what, which samples and parts, how many bytes, at what cost.

    Calls to this machine's own loopback are listed too (place: machine). --json has all, the table the last 200.

    Examples:
      shisaku guard ledger runs/first

      shisaku guard ledger runs/first --json

    """
    from shisaku.api.guarding import guard_ledger

    found = guard_ledger(run)
    if deliver(found, json_wanted=json, out=out):
        return
    if not found["requests"]:
        typer.echo(told(say("Nothing left in this run")))
    else:
        _show(found)
    if not found["whole"]:
        typer.echo(told(say("The ledger is broken, so this list may be wrong (`shisaku guard verify`)")))
    if found["denied"]:
        typer.echo(told(say("The policy held back {n} calls (`shisaku guard explain`)", n=found["denied"])))
    for one in found["stopped"]:
        line = say("Stopped: {event} to {host} at {when}", event=one["event"], host=one["host"], when=one["when"])
        typer.echo(told(line))


def _show(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    for heading in ("when", "to", "place", "model", "purpose", "samples", "fields", "bytes", "status", "cost"):
        table.add_column(heading)
    rows = found["requests"]
    for row in rows[-SHOWN:]:
        samples = list(dict.fromkeys(part["sample"] for part in row["sent"]))
        fields = dict.fromkeys(part["field"] for part in row["sent"])
        first = samples[0] if samples else "-"
        named = f"{first} +{len(samples) - 1}" if len(samples) > 1 else first
        came = (str(row["status"] or row["failed"]), _cost(row)) if row["answered"] else ("?", "?")
        cells = (row["when"][:19], f"{row['host']}:{row['port']}", row["place"], row["model"], row["purpose"], named)
        table.add_row(*(Text(cell) for cell in (*cells, ", ".join(fields) or "-", str(row["bytes"]), *came)))
    console = Console()
    console.print(table)
    if len(rows) > SHOWN:
        typer.echo(told(say("and {n} before these", n=len(rows) - SHOWN)))
    for one in found["totals"]:
        cost = ", ".join(f"{amount} {currency}" for currency, amount in one["cost"].items()) or "0"
        line = say(
            "{host} ({place}), {model}, {purpose}: {requests} requests, {samples} samples, {bytes} bytes, cost {cost}",
            **{**one, "cost": cost},
        )  # fmt: skip
        typer.echo(told(line))


def _cost(row: Mapping[str, Any]) -> str:
    return f"{row['cost']} {row['currency']}".strip()
