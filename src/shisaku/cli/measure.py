"""``shisaku measure``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, Out, Preview
from shisaku.cli.show import emit, progress, told
from shisaku.message import say


def command(
    source: Annotated[Path, typer.Argument(help="A folder or table of yours.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="Real data to compare with: near copies of it are found.")
    ] = None,
    out: Out = None,
    preview: Preview = None,
    json: Json = False,
) -> None:
    """Measure every item: quality of its modality, and near copies of other data.

    Examples:
      shisaku measure photos/

      shisaku measure made/ --against photos/ --json

    """
    from shisaku.api import measure

    with progress(json) as report:
        result = measure(source, against=against, out=out, preview=preview, progress=report)
    if json:
        emit(result)
        return
    for metric in result["metrics"]:
        line = say(
            "{metric}: {n} items, median {median:.3f}, lowest {lowest:.3f} ({lowest_item}), {issues} issues", **metric
        )
        typer.echo(told(line))
    for note in result["notes"]:
        typer.echo(told(note))
    typer.echo(told(say("Every item: {path}", path=f"{result['run']}/scores.parquet")))
