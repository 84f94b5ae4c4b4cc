"""``shisaku data split``: train, validation and test as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    path: Annotated[Path, typer.Argument(help="The dataset folder that `shisaku ingest --out` wrote.")],
    by: Annotated[str, typer.Option("--by", help="The label (or fact) to balance; default: none.")] = "",
    fractions: Annotated[str, typer.Option("--fractions", help="Percentages that sum to 100.")] = "60,20,20",
    group: Annotated[str, typer.Option("--group", help="A fact that never straddles; default: the groups.")] = "group",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed, another division.")] = 0,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Divide a dataset: classes balanced as far as groups allow, no group in two splits, a hash over all of it.

    The reader `dataset` takes the hash as `split` and gives every sample the fact `split`.

    Examples:
      shisaku data split photos.dataset --by label --fractions 60,20,20 --seed 1

      shisaku data split scans.dataset --by finding --group patient --json

    """
    from shisaku.api import data_split

    try:
        shares = [int(part) for part in fractions.split(",")]
    except ValueError:
        shares = []
    found = data_split(path, fractions=shares, by=by, group=group, seed=seed)
    if deliver(found, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    classes = sorted({label for held in found["counts"].values() for label in held})
    table = Table(box=None)
    for heading in ("split", "samples", "groups", *(label or "-" for label in classes)):
        table.add_column(heading)
    for name, held in found["counts"].items():
        cells = (sum(held.values()), found["groups"][name], *(held.get(label, 0) for label in classes))
        table.add_row(name, *map(str, cells))
    Console().print(table)
    for leak in found["leaks"]:
        words = say("{contents} equal contents of the part {part} are in more than one split", **_leak(leak))
        typer.echo(told(words))
    if found["torn_from_parents"]:
        typer.echo(told(say("{n} samples have a parent in another split", n=found["torn_from_parents"])))
    typer.echo(told(say("Split {hash}, kept in {file}", hash=found["hash"][:12], file=found["file"])))


def _leak(leak: dict[str, str | int]) -> dict[str, str | int]:
    return {name: leak[name] for name in ("contents", "part")}
