"""``shisaku guard head``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.guard.ledger import RUN
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver


def command(run: Annotated[Path, RUN], out: JsonOut = None, json: Json = False) -> None:
    """Print how many records the ledger of a run has and the hash of the last, to be kept where nobody can change it.

    Example:
      shisaku guard head runs/first

    """
    from shisaku.api.guarding import guard_head

    found = guard_head(run)
    if not deliver(found, json_wanted=json, out=out):
        typer.echo(f"{found['records']} {found['head'] or '-'}")
