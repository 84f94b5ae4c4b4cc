"""``shisaku data forget``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.data.log import PLACE
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, progress, told
from shisaku.message import say

SHOWN = 12


def command(
    path: Annotated[Path, PLACE],
    sample: Annotated[str, typer.Argument(help="The record's id.")],
    runs: Annotated[list[Path] | None, typer.Option("--runs", help="A run made from it; may be given often.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Remove a record and everything derived from it from all versions, caches and runs, and prove it by search.

    It cannot be undone. A call that was stopped goes on when it is made again. Exit code 4 if something is left.

    Examples:
      shisaku data forget photos.dataset cat/001.png

      shisaku data forget photos.dataset cat/001.png --runs runs/first --runs runs/second --yes --json

    """
    from shisaku.api import data_forget

    if not yes:
        asked = say(
            "Remove {id} and all that came from it from {out}, {n} runs and the caches for ever?",
            id=sample, out=str(path), n=len(runs or ()),
        )  # fmt: skip
        typer.confirm(told(asked), abort=True, err=True)
    with progress(json) as report:
        found = data_forget(path, sample, runs=runs or (), progress=report)
    if not deliver(found, json_wanted=json, out=out):
        typer.echo(told(say("{n} samples are gone, {id} and what came from it", n=len(found["ids"]), id=sample)))
        for run in found["evidence"]:
            typer.echo(told(say("What was made in {run} is a prototype again: measure it anew", run=run)))
        line = say(
            "Searched {files} files, {mb:.1f} MB: {n} found",
            files=found["files"], mb=found["bytes"] / 1e6, n=len(found["found"]),
        )  # fmt: skip
        typer.echo(told(line))
        for left in found["found"][:SHOWN]:
            typer.echo(f"  {left}")
    if found["found"]:
        raise typer.Exit(4)
