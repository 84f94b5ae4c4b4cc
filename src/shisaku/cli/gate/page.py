"""``shisaku gate page``."""

from __future__ import annotations

import typer

from shisaku.cli.gate.shown import Record
from shisaku.cli.options import Json, Out
from shisaku.cli.show import emit, told
from shisaku.message import say


def command(record: Record, out: Out = None, json: Json = False) -> None:
    """Write the record as a page that whoever signs can read, in English and Japanese.

    Examples:
      shisaku gate page gate.yaml

      shisaku gate page gate.yaml --out gate.html --json

    """
    from shisaku.api.gating.page import gate_page

    found = gate_page(record, out=out)
    if json:
        emit(found)
    else:
        typer.echo(told(say("Page: {path}", path=found["page"])))
