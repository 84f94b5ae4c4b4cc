"""``shisaku describe``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, print_description


def command(path: Annotated[Path, typer.Argument(help="A folder or table of yours.")], json: Json = False) -> None:
    """Say what a folder holds: modalities, labels, groups, sizes, and why it was read that way.

    Example:
      shisaku describe photos/

    """
    from shisaku.api import describe

    found = describe(path)
    if json:
        emit(found)
    else:
        print_description(found)
