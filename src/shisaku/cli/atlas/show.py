"""``shisaku atlas show``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.atlas.rights import rights_lines
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver

TOLD = ("layer", "sub_category", "modalities", "size", "annotation", "year", "licence", "home", "hf_id", "path",
        "fact_source", "confidence")  # fmt: skip


def command(
    name: Annotated[str, typer.Argument(help="A dataset of the atlas; a unique beginning is enough.")],
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Show one dataset: what is known of it, how well, and what its licence allows.

    Examples:
      shisaku atlas show LibriSpeech

      shisaku atlas show MIMIC-CXR --json

    """
    from shisaku.api import atlas_show

    found = atlas_show(name)
    if deliver(found, json_wanted=json, out=out):
        return
    typer.echo(found["name"])
    for key in TOLD:
        if found[key]:
            typer.echo(f"  {key}: {found[key]}")
    for line in rights_lines(found["rights"]):
        typer.echo(line)
