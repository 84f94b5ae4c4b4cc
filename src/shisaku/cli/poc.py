"""What ``shisaku plan`` does with the form of a proof of concept."""

from __future__ import annotations

from pathlib import Path

import typer

from shisaku.cli.show import emit, language, told
from shisaku.message import say

TAKES = {"recipe", "form", "out", "json"}


def print_form(json: bool) -> None:
    """Print an empty form; as JSON, with the schema by which editors complete and check it."""
    from shisaku.api.poc_plan import poc_form

    text = poc_form(language())
    if json:
        from shisaku.registry.poc_schema import poc_json_schema

        emit({"form": text, "schema": poc_json_schema()})
        return
    typer.echo(text, nl=False)


def plan_form(context: typer.Context, form: Path, out: Path | None, json: bool) -> None:
    """Plan the proof of concept of a form and print it, whether it can confirm what it asks first."""
    from shisaku.api.poc_plan import plan_poc

    wrong = [f"--{name.replace('_', '-')}" for name in context.params if name not in TAKES and _given(context, name)]
    if wrong:
        raise typer.BadParameter(f"a form takes --out and --json alone, not {', '.join(wrong)}")
    found = plan_poc(form, out=out)
    if json:
        emit(found)
        return
    first, *rest = found["lines"]
    typer.secho(told(first), bold=True)
    for line in rest:
        typer.echo(f"- {told(line)}")
    typer.echo(told(say("Plan: {path}", path=found["file"])))
    typer.echo(told(say("Page: {path}", path=found["page"])))


def _given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
