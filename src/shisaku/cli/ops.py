"""``shisaku ops``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver


def command(
    name: Annotated[str | None, typer.Argument(help="One op, for its whole page.")] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """List every op that a recipe can use, or show one.

    Examples:
      shisaku ops

      shisaku ops image.composite

    """
    from shisaku.api import list_ops
    from shisaku.registry.doors import OPS, op_class

    if name is not None:
        op_class(name)
    listed = [op for op in list_ops() if name in (None, op["name"])]
    if deliver({"ops": listed}, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if name is not None:
        console.print(listed[0]["doc"], markup=False)
        for param, default in listed[0]["params"].items():
            console.print(f"  {param} = {default}", markup=False)
        return
    table = Table(title=OPS, box=None)
    for heading in ("op", "kind", "what it does"):
        table.add_column(heading, no_wrap=heading != "what it does")
    for op in listed:
        table.add_row(op["name"], op["kind"], op["what"])
    console.print(table)
