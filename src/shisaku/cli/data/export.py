"""``shisaku data export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, pairs
from shisaku.cli.show import emit, progress, told
from shisaku.message import say


def command(
    dataset: Annotated[Path, typer.Argument(help="The dataset folder that `shisaku ingest --out` wrote.")],
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="A writer of `shisaku data formats`.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder; it appears whole or not at all.")],
    version: Annotated[int | None, typer.Option("--version", help="Default: the version in use.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the writer.")
    ] = None,
    json: Json = False,
) -> None:
    """Write a dataset in a format of other tools, and list what that format cannot carry.

    Examples:
      shisaku data export photos.dataset --to parquet --out photos-parquet

      shisaku data export photos.dataset --to webdataset --set shard_mb=100 --out photos-tars

    """
    from shisaku.api import export_data

    with progress(json) as report:
        found = export_data(dataset, to, out, version=version, settings=pairs(settings, "--set"), progress=report)
    if json:
        emit(found)
        return
    typer.echo(told(say("{n} samples written to {out}, {left_out} left out", **{
        name: found[name] for name in ("n", "out", "left_out")
    })))  # fmt: skip
    for loss in found["losses"]:
        typer.echo(f"  {told(loss)}")
