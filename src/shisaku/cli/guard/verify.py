"""``shisaku guard verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.guard.ledger import RUN
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    run: Annotated[Path, RUN],
    head: Annotated[str, typer.Option("--head", help="A hash that `shisaku guard head` printed earlier.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Check that the ledger of a run is what was written: no record changed, removed, added or out of order.

    Exit code 4 if it is not, with the record where it begins. Whoever may write the file can write all of it anew:
    only a head that was kept elsewhere shows that.

    Examples:
      shisaku guard verify runs/first

      shisaku guard verify runs/first --head 9f2c... --json

    """
    from shisaku.api.guarding import guard_verify

    found = guard_verify(run, head)
    if not deliver(found, json_wanted=json, out=out):
        if not found["whole"]:
            typer.echo(told(say("The ledger is broken at record {n}:", n=found["at"])))
            typer.echo(f"  {told(found['broken'])}")
        elif not found["records"]:
            typer.echo(told(say("Nothing left in this run: there is no ledger")))
        else:
            kinds = found["kinds"]
            line = say(
                "The ledger is whole: {records} records, {left} requests, {bytes} bytes, {denied} held back, "
                "{blocked} connections stopped",
                records=found["records"], left=kinds.get("opening", 0), bytes=found["bytes"],
                denied=kinds.get("denied", 0), blocked=kinds.get("blocked", 0),
            )  # fmt: skip
            typer.echo(told(line))
        if found["torn"]:
            typer.echo(told(say("Its last line was never finished ({n} bytes); nothing of it left", n=found["torn"])))
    if not found["whole"]:
        raise typer.Exit(4)
