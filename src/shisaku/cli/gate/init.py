"""``shisaku gate init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.gate.shown import show
from shisaku.cli.options import Json, Out
from shisaku.cli.show import told
from shisaku.message import say


def command(
    form: Annotated[Path, typer.Argument(help="A form that was filled in (YAML).")],
    runs: Annotated[list[Path] | None, typer.Argument(help="Folders of finished runs: the evidence.")] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Begin the record of a form in the stage PoC; it is written beside the form, or to --out.

    Examples:
      shisaku gate init gate.yaml runs/first runs/audit

      shisaku gate init gate.yaml runs/first --json

    """
    from shisaku.api.gating.moves import gate_init

    found = gate_init(form, runs or (), out=out)
    if not json:
        typer.echo(told(say("Record: {path}", path=found["record"])))
    show(found, json=json, out=None)
