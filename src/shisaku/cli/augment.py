"""``shisaku augment``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json, Preview
from shisaku.cli.show import emit, progress, told
from shisaku.message import say


def command(
    source: Annotated[Path, typer.Argument(help="A recipe, or a folder or table of yours.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the kept samples and metadata.jsonl.")],
    preview: Preview = None,
    json: Json = False,
) -> None:
    """Only make and keep: run the steps of a recipe without its studies and export what was kept.

    What it makes is a prototype, not yet worth anything: `shisaku prove` says whether it is.

    Examples:
      shisaku augment photos/ --out made/

      shisaku augment examples/stamps/recipe.yaml --out made/ --preview 5

    """
    from shisaku.api import augment

    with progress(json) as report:
        result = augment(source, out, preview=preview, progress=report)
    if json:
        emit(result)
    else:
        typer.echo(told(say("{kept} kept, {dropped} dropped of {made} made, in {out}", **{
            name: result[name] for name in ("kept", "dropped", "made", "out")
        })))  # fmt: skip
        for note in result["notes"]:
            typer.echo(told(note))
        prove = f"shisaku prove --real {source} --synthetic {result['out']} --label {result['label'] or 'LABEL'}"
        typer.echo(told(say("A prototype, not yet worth anything; prove it: {command}", command=prove)))
