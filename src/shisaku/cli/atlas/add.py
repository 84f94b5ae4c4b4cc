"""``shisaku atlas add``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.atlas.rights import rights_lines
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    what: Annotated[str, typer.Argument(help="Your data (folder or table), or the name of a dataset.")],
    name: Annotated[str, typer.Option("--name", help="Its name; default: that of the folder.")] = "",
    layer: Annotated[str, typer.Option("--layer", metavar="general|task|domain", help="Default: by rules.")] = "",
    sub_category: Annotated[str, typer.Option("--sub-category")] = "",
    modalities: Annotated[str, typer.Option("--modalities", help="Such as image,text.")] = "",
    size: Annotated[str, typer.Option("--size", help="In words: 1.2M pairs, 40 h.")] = "",
    annotation: Annotated[str, typer.Option("--annotation", help="What is annotated, and by whom.")] = "",
    licence: Annotated[
        str, typer.Option("--licence", help="Its licence; `own` declares that the data is yours.")
    ] = "own",
    home: Annotated[str, typer.Option("--home", help="Where it comes from.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an entry of yours of that name.")] = False,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Add a dataset of yours to the atlas. Recipes can then name it under `data: {source: NAME}`.

    Examples:
      shisaku atlas add photos/ --name line-3

      shisaku atlas add "Vendor set" --layer domain --licence CC-BY-NC-4.0 --home https://example.org

    """
    from shisaku.api import atlas_add

    found = atlas_add(
        what, name=name, layer=layer, sub_category=sub_category, modalities=modalities, size=size,
        annotation=annotation, licence=licence, home=home, replace=force,
    )  # fmt: skip
    if deliver(found, json_wanted=json, out=out):
        return
    typer.echo(told(say("{name} is in the atlas, layer {layer}", name=found["name"], layer=found["layer"] or "-")))
    for line in rights_lines(found["rights"]):
        typer.echo(line)
