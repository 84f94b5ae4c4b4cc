"""``shisaku next realised``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.next_data.log import purchase_line
from shisaku.cli.options import Json
from shisaku.cli.show import emit, told


def command(
    run: Annotated[Path, typer.Argument(help="A finished run with a verdict on an arm that has what was bought.")],
    purchase: Annotated[str, typer.Option("--purchase", help="Its id; default: the only one still open.")] = "",
    study: Annotated[str, typer.Option("--study", help="The study, where the run has several.")] = "",
    arm: Annotated[str, typer.Option("--arm", help="The arm with what was bought.")] = "",
    domain: Annotated[str, typer.Option("--domain", help="The place of use.")] = "",
    json: Json = False,
) -> None:
    """Set what a purchase did add beside what was expected, and say how past expectations held.

    Examples:
      shisaku next realised runs/after-labels-1a2b3c4d

      shisaku next realised runs/after-1a2b3c4d --purchase 5e6f7a8b --arm with_vendor --domain own

    """
    from shisaku.api.purchases import next_realised

    found = next_realised(run, purchase=purchase, study=study, arm=arm, domain=domain)
    if json:
        emit(found)
        return
    typer.echo(told(purchase_line(found["purchase"])))
    for line in found["calibration"]["lines"]:
        typer.echo(told(line))
