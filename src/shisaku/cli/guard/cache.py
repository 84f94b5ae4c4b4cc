"""``shisaku guard explain-cache``."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say


def command(
    step: Annotated[str, typer.Option("--step", help="All calls that were ever made for this step.")] = "",
    key: Annotated[str, typer.Option("--key", help="The call with this key, as the journal knows it.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Say why an answer that was paid for is used again, or what in a call's key is new.

    Examples:
      shisaku guard explain-cache --step captioned

      shisaku guard explain-cache --key 4be1c0ffee --json

    """
    from shisaku.api.guarding import guard_cache

    found = guard_cache(step, key)
    if deliver(found, json_wanted=json, out=out):
        return
    if not found["calls"]:
        typer.echo(told(say("No call of the step {step} was ever made", step=step)))
    for one in found["calls"]:
        typer.echo(f"{one['key'][:16]}  {one['step']}: {told(one['why'])}")
