"""``shisaku data prov``: lineage for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, told
from shisaku.message import say


def command(
    path: Annotated[Path, typer.Argument(help="A dataset, or the folder of a run.")],
    out: Annotated[Path, typer.Option("--out", help="The JSON-LD file to write.")],
    json: Json = False,
) -> None:
    """Write the lineage of every sample as W3C PROV in JSON-LD.

    Example:
      shisaku data prov runs/stamps --out stamps.prov.jsonld

    """
    from shisaku.api import data_prov

    found = data_prov(path, out)
    if json:
        emit(found)
    else:
        typer.echo(told(say("{samples} samples with {derivations} derivations are in {out}", **found)))
