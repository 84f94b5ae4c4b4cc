"""``shisaku plan``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shisaku.cli.options import AllowCommands, Json
from shisaku.cli.poc import plan_form, print_form
from shisaku.cli.show import emit, progress, say_estimate, told
from shisaku.message import say

if TYPE_CHECKING:
    from rich.table import Table

LOG_WIDTH = 120


def command(
    context: typer.Context,
    recipe: Annotated[
        Path | None, typer.Argument(help="A recipe file (YAML) with studies, or the form of a proof of concept.")
    ] = None,
    form: Annotated[bool, typer.Option("--form", help="Print an empty form for a proof of concept.")] = False,
    study: Annotated[str, typer.Option("--study", help="Plan this study alone; default: all.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write the plan; default: plan.json in the run's folder.")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", metavar="default|long", help="As for `run`.")] = "default",
    split_seed: Annotated[int | None, typer.Option("--split-seed", help="As for `run`.")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="As for `run`.")] = None,
    accept_licence: Annotated[
        str, typer.Option("--accept-licence", metavar="REASON", help="As for `run`: the reason goes on record.")
    ] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes and threads.")] = 2,
    allow_commands: AllowCommands = False,
    json: Json = False,
) -> None:
    """Freeze what a study will do before it does it: what can be shown at best, and what it would take.

    Cooks all that the studies would see, for the plan covers it by its hash, and trains nothing. Given the form of a
    proof of concept instead (a key `poc`), it plans that: what to have, what it shows and costs, and when to stop.

    Examples:
      shisaku plan --form > form.yaml

      shisaku plan form.yaml

      shisaku plan my.recipe.yaml

      shisaku plan my.recipe.yaml --study few-shot --out plan.json

      shisaku run my.recipe.yaml --plan plan.json

    """
    from shisaku.api import plan
    from shisaku.api.poc_plan import is_poc_form

    if form:
        print_form(json)
        return
    if recipe is None:
        raise typer.BadParameter("give a recipe or a form; --form prints an empty form")
    if is_poc_form(recipe):
        plan_form(context, recipe, out, json)
        return
    with progress(json) as report:
        found = plan(
            recipe,
            study=study,
            out=out,
            profile=profile,
            split_seed=split_seed,
            data=data,
            accept_licence=accept_licence,
            workers=workers,
            progress=report,
            on_estimate=None if json else say_estimate,
        )
    if json:
        emit(found)
    else:
        _print(found)


def _print(found: Mapping[str, Any]) -> None:
    from rich.console import Console

    console = Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH)
    for one in found["studies"]:
        first, *rest = one["lines"]
        console.print(told(first), markup=False, highlight=False)
        console.print(_table(one["plan"]["rows"], one["needed"]))
        for line in rest:
            console.print(told(line), markup=False, highlight=False)
        console.print()
    console.print(
        told(say("Frozen {date}, hash {hash}", date=found["date"], hash=found["hash"])), markup=False, highlight=False
    )
    console.print(told(say("Plan: {path}", path=found["file"])), markup=False, soft_wrap=True)


def _table(rows: Sequence[Mapping[str, Any]], needs: Sequence[Mapping[str, int | None]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    for title in (
        say("Arm"), say("Place of use"), say("Shots"), say("Trained on / tested on"), say("Smallest gain"),
        say("Smallest safety margin"), say("Chance at the expected gain"), say("It would take"),
    ):  # fmt: skip
        table.add_column(told(title), overflow="fold")
    for row, need in zip(rows, needs, strict=True):
        table.add_row(
            Text(row["contrast"]),
            Text(row["domain"]),
            str(row["shots"] or told(say("all"))),
            f"{row['n_train']:.0f} / {_tested(row)}",
            _points(row["smallest_gain"]),
            _points(row["smallest_safety"]),
            f"{row['power_at_expected']:.0%}",
            _needed(row, need),
        )
    return table


def _tested(row: Mapping[str, Any]) -> str:
    if row["clusters"] is None:
        return f"{row['n_test']:.0f}"
    return told(say("{n:.0f} in {groups} groups", n=row["n_test"], groups=row["clusters"]))


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _needed(row: Mapping[str, Any], need: Mapping[str, int | None]) -> str:
    if not row["exploratory"]:
        return ""
    pieces = []
    if need["splits"] is not None:
        pieces.append(say("{n} splits", n=need["splits"]))
    if need["items"] is not None and need["items"] > (row["clusters"] or row["n_test"]):
        pieces.append(
            say("{n} groups", n=need["items"]) if row["clusters"] else say("some {n} test items", n=need["items"])
        )
    return f" {told(say('or'))} ".join(told(piece) for piece in pieces) or "–"
