"""``shisaku data log``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver

PLACE = typer.Argument(help="The dataset folder that `shisaku ingest --out` wrote.")


def command(path: Annotated[Path, PLACE], out: JsonOut = None, json: Json = False) -> None:
    """List the versions, newest first; * is the one in use.

    Example:
      shisaku data log photos.dataset

    """
    from shisaku.api import data_log

    found = data_log(path)
    if deliver(found, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading in ("", "version", "samples", "dropped", "when", "read as", "message"):
        table.add_column(heading)
    for row in found["versions"]:
        cells = (row["version"], row["n"], row["dropped"], row["when"], row["source"]["layout"], row["message"])
        table.add_row("*" if row["in_use"] else "", *(str(cell) for cell in cells))
    Console().print(table)
