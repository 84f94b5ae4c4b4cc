"""``shisaku gate form``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, Out
from shisaku.cli.show import emit, language, told
from shisaku.message import say


def command(
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Runs whose classes, data and generators it is for.")
    ] = None,
    study: Annotated[list[str] | None, typer.Option("--study", help="Only these studies of the runs.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of forms instead.")] = False,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write a form to fill in, with a line for every error of the runs' classes and every name that needs ethics.

    It goes to --out or to the terminal. What is left as it is does not count as filled in.

    Examples:
      shisaku gate form runs/first --out gate.yaml

      shisaku gate form runs/stamps --study few-shot --out gate.yaml

      shisaku gate form --schema --json

    """
    if schema:
        from shisaku.lab.stages.form import json_schema

        emit({"schema": json_schema()})
        return
    from shisaku.api.gating.blank import gate_form

    found = gate_form(runs or (), studies=study or (), out=out, lang=language())
    if json:
        emit(found)
    elif out is not None:
        typer.echo(told(say("Form: {path}. Fill it in, then: shisaku gate init {path} RUN", path=str(out))))
    else:
        typer.echo(found["text"], nl=False)
