"""``shisaku gate update``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut


def command(
    record: Record,
    runs: Annotated[
        list[Path] | None, typer.Argument(help="The runs that are the evidence from now on; none: those of before.")
    ] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Take the form as it is now, and runs as they are now, into the record; signatures of what changed are void.

    Examples:
      shisaku gate update gate.yaml

      shisaku gate update gate.yaml runs/fine-tuned runs/audit --json

    """
    from shisaku.api.gating.moves import gate_update

    show(gate_update(record, runs or ()), json=json, out=out)
