"""``shisaku atlas search``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    words: Annotated[list[str] | None, typer.Argument(help="Words that must all occur.")] = None,
    layer: Annotated[str, typer.Option("--layer", metavar="general|task|domain")] = "",
    sub_category: Annotated[str, typer.Option("--sub-category", help="A part of the sub-category.")] = "",
    modality: Annotated[str, typer.Option("--modality", help="image, text, audio, video, lidar ...")] = "",
    licence_class: Annotated[
        str, typer.Option("--licence-class", help="permissive, attribution, share-alike, non-commercial, unknown ...")
    ] = "",
    min_size: Annotated[str, typer.Option("--min-size", metavar="N|Nh", help="At least so many items (1M) or h.")] = "",
    domain: Annotated[str, typer.Option("--domain", help="medical, driving, geospatial, inspection ...")] = "",
    use: Annotated[
        str,
        typer.Option(
            "--use",
            metavar="USE",
            help="Only what is known to allow commercial, research, redistribution, third-party.",
        ),
    ] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Find datasets by words, layer, modality, size, domain, and what their licences allow.

    Examples:
      shisaku atlas search speech --use commercial

      shisaku atlas search --layer domain --domain medical --json

      shisaku atlas search --modality image --min-size 1M --licence-class attribution

    """
    from shisaku.api import atlas_search

    found = atlas_search(
        words or [],
        layer=layer,
        sub_category=sub_category,
        modality=modality,
        licence_class=licence_class,
        min_size=min_size,
        domain=domain,
        use=use,
    )
    if deliver({"datasets": found, "n": len(found)}, json_wanted=json, out=out):
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None)
    for heading in (say("dataset"), say("layer"), say("sub-category"), say("size"), say("licence class"), say("uses")):
        table.add_column(told(heading), overflow="fold")
    for row in found:
        rights = row["rights"]
        cells = (
            row["name"],
            row["layer"],
            row["sub_category"],
            row["size"],
            rights["class"],
            ", ".join(rights["uses"]),
        )
        table.add_row(*cells)
    console = Console()
    console.print(table, markup=False)
    console.print(told(say("{n} datasets", n=len(found))))
