"""``shisaku next plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, Out
from shisaku.cli.show import emit, progress, told
from shisaku.message import say


def command(
    data: Annotated[Path, typer.Argument(help="Your labelled data: a folder or table in any layout.")],
    offers: Annotated[Path, typer.Argument(help="What can be bought, and the budget; see `shisaku next offers`.")],
    label: Annotated[str, typer.Option("--label", help="The label to predict, where there are several.")] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="mean|low|high", help="Compare gains by their mean or a quartile.")
    ] = "mean",
    seed: Annotated[int, typer.Option("--seed", help="Seed of divisions and draws.")] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes and threads.")] = 2,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say which data to buy next: what every offer is expected to add per money, or ABSTAIN.

    Measured on inner divisions of what is at hand; what nothing is at hand of stays unknown.

    Examples:
      shisaku next plan photos/ offers.yaml

      shisaku next plan calls.csv offers.yaml --label topic --json

    """
    from shisaku.api.next_data import next_plan

    with progress(json) as report:
        found = next_plan(data, offers, label=label, by=by, out=out, seed=seed, workers=workers, progress=report)
    if json:
        emit(found)
        return
    for line in found["lines"]:
        typer.echo(told(line))
    if found["recheck"]:
        typer.echo(told(say("Labels to look at again first: {ids}", ids=", ".join(found["recheck"]))))
    typer.echo(told(say("Page: {path}", path=found["page"])))
