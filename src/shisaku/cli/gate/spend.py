"""``shisaku gate spend``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import told
from shisaku.message import say


def command(
    record: Record,
    amount: Annotated[str, typer.Argument(help="How much, as 1200 or 12.50.")],
    currency: Annotated[str, typer.Argument(help="The currency of the form.")],
    unit: Annotated[str, typer.Option("--for", help="The unit of this stage's budget.")],
    note: Annotated[str, typer.Option("--note", help="What it is for, kept on record.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Enter a spend before it is made. Exit code 6, and nothing is booked, if it would exceed the cap.

    Examples:
      shisaku gate spend gate.yaml 40000 JPY --for labels --note "500 labels"

      shisaku gate spend gate.yaml 12.50 EUR --for compute --json

    """
    from shisaku.api.gating.acts import gate_spend

    found = gate_spend(record, amount, currency, unit, note=note)
    if not json and not found["spent"]:
        typer.echo(told(say("Stopped: {why}", why=told(found["stopped"]))))
    elif not json:
        for row in found["budget"]:
            if row["stage"] == found["stage"] and row["unit"] in ("", unit):
                said = {name: told(one) for name, one in row["said"].items()}
                place = row["unit"] or told(row["title"])
                typer.echo(told(say("{place}: {spent} of {cap} spent, {left} left", place=place, **said)))
    show(found, json=json, out=out, held=not found["spent"])
