"""``shisaku conditions``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, Out, pairs
from shisaku.cli.show import emit, progress, told
from shisaku.message import say


def command(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs that prove something.")],
    dataset: Annotated[
        list[str] | None,
        typer.Option("--dataset", help="RUN=NAME: the dataset that a run is of, where sharing samples does not tell."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the bootstrap over datasets.")] = 0,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say under which conditions made data helped, over many runs, tested on datasets held out whole; or ABSTAIN.

    Examples:
      shisaku conditions runs/*

      shisaku conditions runs/digits-1a2b runs/stamps-3c4d --out conditions.html

      shisaku conditions runs/* --dataset photos-1a2b=photos --dataset photos-3c4d=photos --json

    """
    from shisaku import api

    with progress(json) as report:
        found = api.conditions(runs, datasets=pairs(dataset, "--dataset"), out=out, seed=seed, progress=report)
    if json:
        emit(found)
        return
    _print(found)


def _print(found: Mapping[str, Any]) -> None:
    from shisaku.report.conditions_lines import cell_line, crossing_line, finder_lines, transfer_line

    for note in found["notes"]:
        typer.echo(told(note))
    for line in finder_lines(found):
        typer.echo(told(line))
    for title, rows, line_of in (
        (say("Cells, in the order of their names"), found["cells"], cell_line),
        (say("Technique, modality and place; effects in points, mean over datasets"), found["matrix"], crossing_line),
        (say("Rules carried from one to another; net gain in points a cell"), found["transfers"], transfer_line),
    ):
        typer.echo(told(title))
        for row in rows:
            typer.echo("  " + told(line_of(row)))
    if found["page"]:
        typer.echo(told(say("Page: {path}", path=found["page"])))
