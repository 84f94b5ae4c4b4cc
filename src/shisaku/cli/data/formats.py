"""``shisaku data formats``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver


def command(
    name: Annotated[str, typer.Argument(help="One format, for its whole page.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """List every format that is read and written, one line each, or show the page of one.

    Examples:
      shisaku data formats

      shisaku data formats webdataset

    """
    from shisaku.api import data_formats

    found = data_formats(name)
    if deliver(found, json_wanted=json, out=out):
        return
    for door, rows in found.items():
        for row in rows:
            line = f"{row['name']:<14}{row['what']}"
            typer.echo(f"{door.removesuffix('s')}  {row['doc'] if name else line}")
