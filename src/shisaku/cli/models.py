"""``shisaku models``: which weights there are, pull them, check them."""

from __future__ import annotations

from pathlib import Path
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
    folder: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Take the archives from this folder, without a network."),
    ] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Fetch weights into the cache; what is there already is only checked.

    Examples:
      shisaku models pull

      shisaku models pull whisper-tiny-en

      shisaku models pull --from /media/usb/weights

    """
    from shisaku.api import models_pull

    with progress(json) as report:
        rows = models_pull(names or None, progress=report, folder=folder)
    if not deliver({"models": rows}, json_wanted=json, out=out):
        typer.echo(told(say("{n} models are here", n=len(rows))))


@app.command()
def archives(
    names: Annotated[list[str] | None, typer.Argument(help="Models; default: all.")] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """List the archives that weights are taken from: what to bring to a site without a network.

    Examples:
      shisaku models archives

      shisaku models archives flite whisper-tiny-en --json

    """
    from shisaku.api import models_archives

    rows = models_archives(names or None)
    if deliver({"archives": rows}, json_wanted=json, out=out):
        return
    for row in rows:
        typer.echo(f"{row['sha256']}  {row['file']}  ({row['registry']}: {row['package']} {row['version']})")


@app.command()
def bench(out: JsonOut = None, json: Json = False) -> None:
    """Time every embedded model here: to open it, answers per second, seconds of sound per second.

    Example:
      shisaku models bench

    """
    from shisaku.api import models_bench

    with progress(json) as report:
        rows = models_bench(progress=report)
    if deliver({"models": rows}, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading in ("role", "model", "opening s", "per second", "x real time"):
        table.add_column(heading)
    for row in rows:
        sound = "" if row["real_time"] is None else f"{row['real_time']:.1f}"
        figures = (
            (row["problem"], "", "")
            if row["problem"]
            else (f"{row['opening_s']:.2f}", f"{row['per_second']:.1f}", sound)
        )
        table.add_row(row["role"], row["model"], *figures)
    Console().print(table)


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
