"""``shisaku data balance``: every class counts alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    path: Annotated[Path, typer.Argument(help="The dataset folder that `shisaku ingest --out` wrote.")],
    by: Annotated[str, typer.Option("--by", help="The label or fact whose values are to count alike.")],
    quota: Annotated[int, typer.Option("--quota", min=0, help="At most so many of each; 0: weights instead.")] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides who stays.")] = 0,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Balance a dataset by quota (a version with fewer samples) or by weight (a column, nobody leaves).

    Examples:
      shisaku data balance photos.dataset --by class --quota 100

      shisaku data balance photos.dataset --by site

    """
    from shisaku.api import data_balance

    found = data_balance(path, by=by, quota=quota, seed=seed)
    if deliver(found, json_wanted=json, out=out):
        return
    for value, n in found["before"].items():
        typer.echo(
            told(say("{value}: {before} before, {after} after", value=value, before=n, after=found["after"][value]))
        )
    typer.echo(told(say("Version {version} of {out}", version=found["version"], out=found["out"])))
