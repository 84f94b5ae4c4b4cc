"""``shisaku data card``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, told
from shisaku.message import say


def command(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder, or a run.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for the card.")],
    about: Annotated[
        Path | None, typer.Option("--about", help="YAML with what only people know: `identity.owner: ...`.")
    ] = None,
    version: Annotated[int | None, typer.Option("--version", help="Default: the version in use.")] = None,
    json: Json = False,
) -> None:
    """Write a dataset's card: Croissant with RAI, a datasheet and a data card (en, ja), with its holes named.

    Examples:
      shisaku data card photos.dataset --out card/

      shisaku data card runs/stamps-1a2b3c4d --out card/ --about owner.yaml --json

    """
    from shisaku.api import data_card

    written = data_card(dataset, out, about=about, version=version)
    if json:
        emit(written)
        return
    for path in written["files"]:
        typer.echo(path)
    typer.echo(told(say("Nobody has said yet ({n}): {names}", n=len(written["holes"]),
                        names=", ".join(written["holes"]))))  # fmt: skip
