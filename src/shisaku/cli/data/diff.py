"""``shisaku data diff``."""

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
    old: Annotated[int | None, typer.Argument(help="A version; default: the parent of the other.")] = None,
    new: Annotated[int | None, typer.Argument(help="A version; default: the one in use.")] = None,
    listed: Annotated[int, typer.Option("--listed", min=0, help="List so many ids of each.")] = 100,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Compare two versions by id: what was added, removed and changed, and what of it changed.

    Examples:
      shisaku data diff photos.dataset

      shisaku data diff photos.dataset 1 3 --json

    """
    from shisaku.api import data_diff

    found = data_diff(path, old, new, listed)
    if deliver(found, json_wanted=json, out=out):
        return
    counts = found["counts"]
    line = say(
        "Version {old} to {new}: {added} added, {removed} removed, {changed} changed",
        old=found["old"], new=found["new"], **counts,
    )  # fmt: skip
    typer.echo(told(line))
    for sign, name in (("+", "added"), ("-", "removed")):
        for id_ in found[name]:
            typer.echo(f"{sign} {id_}")
    for id_, what in found["changed"].items():
        typer.echo(f"~ {id_}  {', '.join(what)}")
