"""``shisaku gate sign``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.gate.shown import Record, show
from shisaku.cli.options import Json, JsonOut


def command(
    record: Record,
    name: Annotated[str, typer.Option("--as", help="Your name.")],
    role: Annotated[str, typer.Option("--role", help="The role that the form asks for at this stage.")],
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Sign the form and the evidence as they are now. It is a note on record, no proof of a person.

    A signature is void as soon as the form, the evidence or the stage is another.

    Examples:
      shisaku gate sign gate.yaml --as "Sato Hanako" --role owner

      shisaku gate sign gate.yaml --as "Kato Ken" --role quality --json

    """
    from shisaku.api.gating.acts import gate_sign

    show(gate_sign(record, name, role), json=json, out=out)
