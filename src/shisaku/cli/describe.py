"""``shisaku describe``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, print_description


def command(
    path: Annotated[Path, typer.Argument(help="A folder or table of yours.")], out: JsonOut = None, json: Json = False
) -> None:
    """Say what a folder holds: modalities, labels, groups, sizes, and why it was read that way.

    Example:
      shisaku describe photos/

    """
    from shisaku.api import describe

    found = describe(path)
    if not deliver(found, json_wanted=json, out=out):
        print_description(found)
