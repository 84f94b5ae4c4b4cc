"""``shisaku gate advance``."""

from __future__ import annotations

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import told
from shisaku.message import say


def command(record: Record, out: JsonOut = None, json: Json = False) -> None:
    """Go on to the next stage if everything that it asks for holds. Exit code 0 if it did, 6 if a gate holds.

    Examples:
      shisaku gate advance gate.yaml

      shisaku gate advance gate.yaml --json

    """
    from shisaku.api.gating.moves import gate_advance

    found = gate_advance(record)
    if not json:
        done = say("Went on to: {stage}", stage=told(found["stage_title"]))
        typer.echo(told(done if found["advanced"] else say("Not gone on")))
    show(found, json=json, out=out, held=not found["advanced"])
