"""``shisaku init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, print_description, told
from shisaku.message import say


def command(
    path: Annotated[Path, typer.Argument(help="A folder or table of yours.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the recipe.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a recipe that is there.")] = False,
    json: Json = False,
) -> None:
    """Look at your data and write a short commented recipe that runs as it is.

    Examples:
      shisaku init photos/

      shisaku init recordings/ --out recordings.recipe.yaml

    """
    from shisaku.api import init

    written = init(path, out=out, force=force)
    if json:
        emit(written)
        return
    print_description(written["description"])
    typer.echo(told(say("Recipe: {path}", path=written["recipe"])))
    typer.echo(told(say("Next: {command}", command=f"shisaku run {written['recipe']}")))
