"""``shisaku guard preview``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut, Preview
from shisaku.cli.show import deliver, progress, told
from shisaku.message import say


def command(
    recipe: Annotated[Path, typer.Argument(help="A recipe file (YAML).")],
    preview: Preview = None,
    look_up: Annotated[
        bool, typer.Option("--look-up", help="Look up the names of servers, as a run does; this asks the name server.")
    ] = False,
    accept_licence: Annotated[
        str, typer.Option("--accept-licence", metavar="REASON", help="As in `shisaku run`.")
    ] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads for models of this machine.")] = 2,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Show what a run of a recipe would send, step by step and server by server, and send none of it.

    Steps before the first server really run, in a folder that is gone afterwards; no connection is opened.

    Exit code 0 if the policy would let every request go, 4 if it would hold one back.

    Examples:
      shisaku guard preview my.recipe.yaml

      shisaku guard preview my.recipe.yaml --preview 5

      shisaku guard preview my.recipe.yaml --json --out leaving.json

    """
    from shisaku.api.previewing import guard_preview

    with progress(json) as report:
        found = guard_preview(
            recipe, preview, look_up=look_up, accept_licence=accept_licence, workers=workers, progress=report
        )
    if not deliver(found, json_wanted=json, out=out):
        _show(found)
    if found["denied"]:
        raise typer.Exit(4)


def _show(found: Mapping[str, Any]) -> None:
    if not found["rows"] and not found["hidden"]:
        typer.echo(told(say("Nothing would be sent: no step of this recipe asks a server")))
    if found["rows"]:
        _table(found["rows"])
    for row in found["rows"]:
        _details(row)
    for one in found["hidden"]:
        line = say("Not to be shown: {step} ({models}): {why}", step=one["step"], models=", ".join(one["models"]),
                   why=told(one["why"]))  # fmt: skip
        typer.echo(told(line))
    for note in found["notes"]:
        typer.echo(told(note))
    line = say(
        "Nothing was sent. With policy {policy} {leave} requests of {bytes} bytes would go now, {denied} are held back",
        policy=found["policy"], leave=found["leave"], bytes=found["bytes"], denied=found["denied"],
    )  # fmt: skip
    typer.echo(told(line))


def _table(rows: list[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    headings = ("step", "model", "to", "place", "purpose", "calls", "leave", "samples", "parts", "bytes", "at most")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        parts = ", ".join(f"{name} {size} B" for name, size in row["fields"].items()) or "-"
        price = "?" if row["at_most"] is None else f"{row['at_most']:.4g} {row['currency']}"
        cells = (
            row["step"], row["model"], row["host"], row["place"] if row["looked_up"] else f"{row['place']}?",
            row["purpose"], row["calls"], row["leave"], row["samples"], parts, row["bytes"], price,
        )  # fmt: skip
        table.add_row(*(Text(str(cell)) for cell in cells))
    Console().print(table)


def _details(row: Mapping[str, Any]) -> None:
    if row["answered"] or row["repeated"]:
        line = say(
            "{step}, {model}: {answered} are answered from the journal, {repeated} are the same as another",
            step=row["step"], model=row["model"], answered=row["answered"], repeated=row["repeated"],
        )  # fmt: skip
        typer.echo(told(line))
    for rule, one in row["denied"].items():
        line = say("{step}, {model}: {n} held back by {rule}: {said}", step=row["step"], model=row["model"],
                   n=one["calls"], rule=rule, said=told(one["said"]))  # fmt: skip
        typer.echo(told(line))
    whole = row["whole"]
    if whole is not None:
        size = whole["bytes"]
        line = say(
            "{step}, {model}: the whole would be about {calls} calls and {total:.4g} bytes ({low:.4g} to {high})",
            step=row["step"], model=row["model"], calls=whole["calls"], total=size["total"], low=size["low"],
            high=_high(size),
        )  # fmt: skip
        typer.echo(told(line))
        if price := whole["at_most"]:
            line = say(
                "{step}, {model}: the whole would cost at most about {total:.4g} {currency} ({low:.4g} to {high})",
                step=row["step"], model=row["model"], currency=row["currency"], total=price["total"],
                low=price["low"], high=_high(price),
            )  # fmt: skip
            typer.echo(told(line))


def _high(told_from: Mapping[str, Any]) -> str:
    return "?" if told_from["high"] is None else f"{told_from['high']:.4g}"
