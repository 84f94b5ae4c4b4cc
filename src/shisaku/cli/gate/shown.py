"""How a record is told on the terminal: the stage first, then what blocks, then who must do what."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.show import deliver, told
from shisaku.message import say

HELD = 6  # a gate holds: not an error, and not done
Record = Annotated[Path, typer.Argument(help="The record, or the form beside which it lies.")]


def show(found: Mapping[str, Any], *, json: bool, out: Path | None, held: bool = False) -> None:
    """Print where a record stands; exit with 6 where a gate `held` what was asked, or a trigger took the stage back."""
    if not deliver(found, json_wanted=json, out=out):
        _print(found)
    if held or found["rolled_back"]:
        raise typer.Exit(HELD)


def _print(found: Mapping[str, Any]) -> None:
    stage = told(found["stage_title"])
    for why in found["rolled_back"]:
        typer.echo(told(say("Taken back: {why}", why=told(why))))
    if found["next"] is None:
        typer.echo(told(say("{title}: stage {stage}, the last one", title=found["title"], stage=stage)))
        for what in found["changed"]:
            typer.echo(f"  {told(what)}")
        return
    after = told(found["next_title"])
    if found["open"]:
        typer.echo(told(say("{title}: stage {stage}; the gate to {next} is open", title=found["title"], stage=stage,
                            next=after)))  # fmt: skip
        typer.echo(told(say("Go on with: shisaku gate advance {record}", record=found["record"])))
        return
    typer.echo(
        told(say("{title}: stage {stage}; the gate to {next} is closed, {n} things block it", title=found["title"],
                 stage=stage, next=after, n=len(found["blocks"])))
    )  # fmt: skip
    for _, rows in groupby(found["blocks"], key=lambda row: (row["criterion"], row["who"])):
        some = list(rows)
        for row in some:
            typer.echo(f"  {told(row['title'])}: {told(row['what'])}")
        who = some[0]["who"] or told(say("whoever is to own this"))
        typer.echo(f"    → {who}: {told(some[0]['next'])}")
