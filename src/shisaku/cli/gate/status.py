"""``shisaku gate status``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut


def command(
    record: Record,
    head: Annotated[
        str, typer.Option("--head", help="A hash that --json gave earlier: refuse a record that does not hold it.")
    ] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Say which stage it is, what blocks the next one, and who must do what.

    A trigger that has crossed takes the stage back now, and the exit code is 6; else it is 0, open or closed.

    Examples:
      shisaku gate status gate.yaml

      shisaku gate status gate.record.json --json

    """
    from shisaku.api.gating.moves import gate_status

    show(gate_status(record, head=head), json=json, out=out)
