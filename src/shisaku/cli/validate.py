"""``shisaku validate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    recipe: Annotated[Path, typer.Argument(help="A recipe file (YAML).")],
    schema: Annotated[bool, typer.Option("--schema", help="Also print the JSON Schema of recipes.")] = False,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Check a recipe without cooking it: every problem at once, each with its line.

    Examples:
      shisaku validate examples/stamps/recipe.yaml

      shisaku validate my.recipe.yaml --json

    """
    from shisaku.api import validate

    found = validate(recipe)
    if schema:
        from shisaku.registry.schema import json_schema

        found["schema"] = json_schema()
    if not deliver(found, json_wanted=json or schema, out=out):
        steps, studies = len(found["steps"]), len(found["studies"])
        line = say(
            "{recipe} is good: {steps} steps, {studies} studies", recipe=str(recipe), steps=steps, studies=studies
        )
        typer.echo(told(line))
