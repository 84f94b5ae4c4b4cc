"""``shisaku report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, Out
from shisaku.cli.show import emit


def command(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    out: Out = None,
    json: Json = False,
) -> None:
    """Write the page of a run anew from what the run left behind.

    Examples:
      shisaku report runs/stamps

      shisaku report runs/stamps --out page.html

    """
    from shisaku.api import write_report

    page = write_report(run, out)
    if json:
        emit({"report": str(page), "bytes": page.stat().st_size})
    else:
        typer.echo(str(page))
