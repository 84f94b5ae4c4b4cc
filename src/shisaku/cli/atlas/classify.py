"""``shisaku atlas classify``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    path: Annotated[Path | None, typer.Argument(help="A folder or table of yours.")] = None,
    back_test: Annotated[
        bool,
        typer.Option("--back-test", help="Instead, try the rules on the built-in catalogue with its layers hidden."),
    ] = False,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Say in which of the three layers your data stands, and why; undecided where no rule fits.

    Examples:
      shisaku atlas classify photos/

      shisaku atlas classify --back-test

    """
    from shisaku.api import atlas_back_test, atlas_classify

    if back_test:
        tried = atlas_back_test()
        if not deliver(tried, json_wanted=json, out=out):
            for name, result in tried.items():
                _tell(name, result)
        return
    if path is None:
        raise typer.BadParameter("give a PATH, or --back-test")
    found = atlas_classify(path)
    if not deliver(found, json_wanted=json, out=out):
        domain = f" ({found['domain']})" if found["domain"] else ""
        typer.echo(told(say("Layer: {layer}", layer=(found["layer"] or told(say("undecided"))) + domain)))
        typer.echo("  " + told(found["reason"]))


def _tell(name: str, result: Mapping[str, Any]) -> None:
    low, high = result["interval"]
    line = say(
        "{name}: {agree} of {n} agree ({share:.0%}, 95 % interval {low:.0%} to {high:.0%})",
        name=name.replace("_", " "), agree=result["agree"], n=result["n"], share=result["share"], low=low, high=high,
    )  # fmt: skip
    typer.echo(told(line))
    for one in result["disagreements"]:
        typer.echo(f"  {one['name']}: {one['layer']} / {one['guess'] or '-'}: {one['reason']}")
