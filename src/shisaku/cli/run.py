"""``shisaku run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.finish import finish
from shisaku.cli.options import Adopt, AllowCommands, Isolate, Json, Out, Plan, Preview, alone
from shisaku.cli.show import progress, say_estimate


def command(
    recipe: Annotated[Path, typer.Argument(help="A recipe file (YAML).")],
    plan: Plan = None,
    preview: Preview = None,
    out: Out = None,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="default|long",
            help="`long` asks every step of all its samples, also where it has a `sample:`.",
        ),
    ] = "default",
    split_seed: Annotated[
        int | None, typer.Option("--split-seed", help="Another split seed: same made data, new train/test splits.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Read the data here instead of where the recipe says.")
    ] = None,
    accept_licence: Annotated[
        str,
        typer.Option(
            "--accept-licence",
            metavar="REASON",
            help="Use data whose licence denies the use declared in the recipe; the reason goes on record.",
        ),
    ] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes for fits and threads for models.")] = 2,
    isolate: Isolate = False,
    allow_commands: AllowCommands = False,
    fail_unless_adopt: Adopt = False,
    json: Json = False,
) -> None:
    """Cook a recipe: make, measure, keep, prove, report. Run it again to resume or to see it is already done.

    Examples:
      shisaku run examples/stamps/recipe.yaml

      shisaku run my.recipe.yaml --preview 5 --out /tmp/look

      shisaku run my.recipe.yaml --profile long --out runs/long

      shisaku run my.recipe.yaml --split-seed 2 --json

      shisaku run my.recipe.yaml --plan plan.json

      shisaku run my.recipe.yaml --isolate

      shisaku run examples/command/recipe.yaml --allow-commands

      shisaku run my.recipe.yaml --accept-licence "the owner agreed in a letter of 3 May"

    """
    alone(isolate)
    from shisaku.api import run

    with progress(json) as report:
        result = run(
            recipe,
            out=out,
            preview=preview,
            profile=profile,
            split_seed=split_seed,
            data=data,
            accept_licence=accept_licence,
            plan=plan,
            workers=workers,
            progress=report,
            on_estimate=None if json else say_estimate,
        )
    finish(result, json=json, fail_unless_adopt=fail_unless_adopt)
