"""``shisaku gate rollback``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut


def command(
    record: Record,
    to: Annotated[str, typer.Option("--to", help="An earlier stage: poc, fine_tune or pilot.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept on record.")],
    name: Annotated[str, typer.Option("--as", help="Who orders it.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Go back one stage or more; evidence of earlier gates does not open them a second time.

    Examples:
      shisaku gate rollback gate.yaml --to fine_tune --why "the camera was replaced" --as "Sato"

      shisaku gate rollback gate.yaml --to poc --why "new product" --json

    """
    from shisaku.api.gating.moves import gate_rollback

    show(gate_rollback(record, to, why, name=name), json=json, out=out)
