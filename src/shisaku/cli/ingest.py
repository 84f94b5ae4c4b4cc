"""``shisaku ingest``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, pairs
from shisaku.cli.show import deliver, progress, told
from shisaku.message import say

SHOWN = 12


def command(
    path: Annotated[Path, typer.Argument(help="A file or folder of yours, in any layout that is known.")],
    out: Annotated[Path | None, typer.Option("--out", help="The dataset folder; a new version is added to it.")] = None,
    known_as: Annotated[str, typer.Option("--as", metavar="LAYOUT", help="Take it for this layout.")] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the reader.")
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option("--limit", metavar="NAME=VALUE", help="A limit of decoding: seconds, max_side, rate ..."),
    ] = None,
    licence: Annotated[
        str, typer.Option("--licence", metavar="ID", help="Licence of all of it, such as CC0-1.0.")
    ] = "",
    consent: Annotated[str, typer.Option("--consent", metavar="WORD", help="Consent of the people in it.")] = "",
    message: Annotated[str, typer.Option("--message", "-m", help="What this version is, for the log.")] = "",
    inline_mb: Annotated[float, typer.Option("--inline-mb", min=0.0, help="Larger media become files.")] = 4.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Recognise and count; decode and write nothing.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that decode.")] = 2,
    json: Json = False,
) -> None:
    """Bring data into a dataset: recognise the layout, decode safely, keep every reason, commit a version.

    Run it again to go on after a stop. Exit code 5 if no record could be used.

    Examples:
      shisaku ingest photos/ --out photos.dataset

      shisaku ingest reviews.csv --out reviews.dataset --as table --set text=body --set label=stars --licence CC0-1.0

      shisaku ingest big/ --dry-run --json

    """
    from shisaku.api import ingest

    with progress(json) as report:
        found = ingest(
            path,
            out,
            known_as=known_as,
            settings=pairs(settings, "--set"),
            limits=pairs(limits, "--limit"),
            licence=licence,
            consent=consent,
            message=message,
            inline_mb=inline_mb,
            dry_run=dry_run,
            workers=workers,
            progress=report,
        )
    if not deliver(found, json_wanted=json, out=None):
        _print(found)
    if not found["samples"]:
        raise typer.Exit(5)


def _print(found: Mapping[str, Any]) -> None:
    lines = [say("Read as: {layout}", layout=found["layout"]).to_json(), *found["why"]]
    for line in (*lines, *found["problems"], *found["notes"]):
        typer.echo(told(line))
    typer.echo(told(say("{samples} samples, {dropped} dropped", samples=found["samples"], dropped=found["dropped"])))
    for reason, n in list(found["drops_by_reason"].items())[:SHOWN]:
        typer.echo(f"  {n} x {reason}  ({found['drop_examples'][reason]['sample']})")
    if found.get("version"):
        said = say("Version {version} of {out}", version=found["version"], out=found["out"])
        typer.echo(told(said))
