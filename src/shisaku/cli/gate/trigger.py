"""``shisaku gate trigger``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut


def command(
    record: Record,
    name: Annotated[str, typer.Argument(help="A trigger of the form: drift, kpi, safety, or the name of a risk.")],
    value: Annotated[float, typer.Argument(help="What was measured.")],
    note: Annotated[str, typer.Option("--note", help="Where it comes from, kept on record.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Enter what a trigger measures. Beyond its limit the stage goes back at once, and the exit code is 6.

    Examples:
      shisaku gate trigger gate.yaml drift 0.31 --note "week 14"

      shisaku gate trigger gate.yaml safety 1 --json

    """
    from shisaku.api.gating.acts import gate_trigger

    show(gate_trigger(record, name, value, note=note), json=json, out=out)
