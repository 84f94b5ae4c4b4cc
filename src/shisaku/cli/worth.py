"""``shisaku worth``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, told
from shisaku.message import Message, say


def command(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run that proves something.")],
    costs: Annotated[
        Path | None, typer.Option("--costs", help="Other costs (YAML, what a study has under `kpi`); default: its own.")
    ] = None,
    study: Annotated[str, typer.Option("--study", help="This study alone; default: all.")] = "",
    json: Json = False,
) -> None:
    """Say what a run's verdicts mean in money, missed items, false alarms and minutes; nothing is trained anew.

    Examples:
      shisaku worth runs/inspection-1a2b

      shisaku worth runs/inspection-1a2b --costs ours.yaml

      shisaku worth runs/inspection-1a2b --costs ours.yaml --json

    """
    from shisaku import api

    found = api.worth(run, costs=costs, study=study)
    if json:
        emit(found)
        return
    for one in found["studies"]:
        _print(one)


def _print(study: Mapping[str, Any]) -> None:
    from shisaku.report.business import FIGURES, UNITS

    typer.echo(told(say("Study {name}", name=study["study"])))
    for row in study.get("rows", ()):
        if "line" not in row:
            typer.echo("  " + told(_untested(row)))
            continue
        typer.echo("  " + told(row["line"]))
        for figure in row["figures"]:
            name, unit = told(FIGURES[figure["name"]]), told(UNITS[figure["unit"]])
            typer.echo(
                f"    {name}: {_span(figure['arm'])} {unit} ({row['comparator']}: {_span(figure['comparator'])})"
            )
        missed = row["risk"]["arm"].get("missed")
        if missed:
            typer.echo("    " + told(missed["line"]))


def _untested(row: Mapping[str, Any]) -> Message:
    return say(
        "{domain}: what {arm} saves is not known, too little was tested (no item of: {classes})",
        domain=row["domain"], arm=row["arm"], classes=", ".join(row["untested"]) or "–",
    )  # fmt: skip


def _span(found: Mapping[str, Any] | None) -> str:
    return "?" if found is None else f"{found['effect']:,.0f} [{found['low']:,.0f}, {found['high']:,.0f}]"
