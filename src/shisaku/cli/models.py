"""``shisaku models``: which weights there are, pull them, check them."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, progress, told
from shisaku.message import say

app = typer.Typer(help="Model weights: list, pull, check. Pinned, hash-checked, never unpickled.", no_args_is_help=True)


@app.command("list")
def list_(out: JsonOut = None, json: Json = False) -> None:
    """List every model: role, whether it is here, size, licence and its evidence.

    Example:
      shisaku models list

    """
    from shisaku.api import models_status

    rows = models_status()
    if deliver({"models": rows}, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading in ("model", "role", "here", "MB", "licence"):
        table.add_column(heading)
    for row in rows:
        here = "yes" if row["present"] else "no"
        table.add_row(row["name"], row["role"], here, f"{row['megabytes']:.0f}", row["licence"])
    Console().print(table)


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(help="Models to pull; default: the lean set.")] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Fetch weights into the cache; what is there already is only checked.

    Examples:
      shisaku models pull

      shisaku models pull whisper-tiny-en

    """
    from shisaku.api import models_pull

    with progress(json) as report:
        rows = models_pull(names or None, progress=report)
    if not deliver({"models": rows}, json_wanted=json, out=out):
        typer.echo(told(say("{n} models are here", n=len(rows))))


@app.command()
def check(out: JsonOut = None, json: Json = False) -> None:
    """Give each model a known input and compare with the known answer.

    Example:
      shisaku models check

    """
    from shisaku.api import models_check

    with progress(json) as report:
        rows = models_check(progress=report)
    bad = [row for row in rows if not row["ok"]]
    if not deliver({"models": rows, "ok": not bad}, json_wanted=json, out=out):
        for row in rows:
            typer.echo(f"{'ok  ' if row['ok'] else 'BAD '} {row['name']}: {row['what']}")
    if bad:
        raise typer.Exit(4)
