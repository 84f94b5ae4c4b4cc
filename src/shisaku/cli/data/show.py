"""``shisaku data show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.data.log import PLACE
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, emit


def command(
    path: Annotated[Path, PLACE],
    sample: Annotated[str, typer.Argument(help="A sample's id; without it, what the version holds.")] = "",
    version: Annotated[int | None, typer.Option("--version", help="Default: the version in use.")] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Show what a version holds, or one sample of it: parts, labels, facts, parents, scores.

    Examples:
      shisaku data show photos.dataset

      shisaku data show photos.dataset cat/001.png --version 2

    """
    from shisaku.api import data_show

    found = data_show(path, sample, version)
    if deliver(found, json_wanted=json, out=out):
        return
    if sample:
        emit(found["sample"])
        return
    for name in ("version", "samples", "dropped", "groups", "parts", "labels", "licence", "consent", "depth", "scores"):
        value = found[name]
        shown = ", ".join(f"{key}: {n}" for key, n in value.items()) if isinstance(value, dict) else value
        typer.echo(f"{name}: {shown}")
