"""``shisaku cache``: what is kept, and making room."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say

app = typer.Typer()

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, out: JsonOut = None, json: Json = False) -> None:
    """List what the cache holds by kind, or make room in it; all of it can be made or fetched again.

    Examples:
      shisaku cache

      shisaku cache clear speech --yes

      shisaku cache prune --max-gb 5

    """
    if context.invoked_subcommand:
        return
    from shisaku.api import cache_list

    found = cache_list()
    if deliver(found, json_wanted=json, out=out):
        return
    typer.echo(found["path"])
    for kind, row in found["kinds"].items():
        typer.echo(f"  {kind:<12} {row['bytes'] / 1e6:>10.1f} MB  {row['entries']:>7}")


@app.command()
def clear(
    kind: Annotated[str, typer.Argument(help="A kind that `shisaku cache` lists.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every kind but `journal` (paid answers).")] = False,
    yes: Yes = False,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Remove everything of a kind. Not while a run is cooking.

    Examples:
      shisaku cache clear steps

      shisaku cache clear --all --yes

    """
    from shisaku.api import cache_clear

    if bool(kind) == everything:
        raise typer.BadParameter(told(say("Give one kind, or --all")))
    if not yes:
        typer.confirm(told(say("Remove {what} from the cache?", what=kind or "--all")), abort=True, err=True)
    _report(cache_clear(kind), out, json)


@app.command()
def prune(
    max_gb: Annotated[float, typer.Option("--max-gb", min=0.0, help="Keep at most so much (1e9 bytes).")],
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Remove what was not used for longest until the cache is small enough; model weights go last.

    Example:
      shisaku cache prune --max-gb 5

    """
    from shisaku.api import cache_prune

    _report(cache_prune(max_gb), out, json)


def _report(found: Mapping[str, Any], out: Path | None, json: bool) -> None:
    if not deliver(found, json_wanted=json, out=out):
        typer.echo(told(say("{n} entries removed, {mb:.1f} MB", n=found["entries"], mb=found["bytes"] / 1e6)))
