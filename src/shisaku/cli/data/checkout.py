"""``shisaku data checkout``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.data.log import PLACE
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    path: Annotated[Path, PLACE],
    version: Annotated[int, typer.Argument(help="A number of `shisaku data log`.")],
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Make a version the one in use; no version is lost by it.

    Example:
      shisaku data checkout photos.dataset 1

    """
    from shisaku.api import data_checkout

    found = data_checkout(path, version)
    if not deliver(found, json_wanted=json, out=out):
        typer.echo(told(say("Version {version} is in use: {n} samples", version=found["version"], n=found["n"])))
