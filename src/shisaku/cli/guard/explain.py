"""``shisaku guard explain``."""

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
    sample: Annotated[str, typer.Option("--sample", help="Only what is about this sample.")] = "",
    call: Annotated[str, typer.Option("--call", help="Only the call whose key begins so.")] = "",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Say for each request which rules of the policy were asked and what they said.

    Examples:
      shisaku guard explain runs/first --sample cat/001.png

      shisaku guard explain runs/first --call 4be1 --json

    """
    from shisaku.api.guarding import guard_explain

    found = guard_explain(run, sample, call)
    if deliver(found, json_wanted=json, out=out):
        return
    if not found["decisions"]:
        typer.echo(told(say("Nothing was asked to leave in this run")))
    for one in found["decisions"]:
        word = say("let out") if one["allowed"] else say("held back")
        line = say(
            "{when}, step {step}, {purpose} by {model}, level {level}: {word}",
            when=one["when"][:19], step=one["step"], purpose=one["purpose"], model=one["model"], level=one["level"],
            word=word,
        )  # fmt: skip
        typer.echo(told(line))
        typer.echo(f"  {one['call']} -> {one['url']}")
        for part in one["sent"]:
            size = f" {part['kind']}, {part['bytes']} B, sha256 {part['sha256']}" if one["allowed"] else ""
            after = f", {', '.join(part['redactions'])}" if part.get("redactions") else ""
            typer.echo(f"  {part['sample']}: {part['field']}{size}{after}")
        for rule in one["rules"]:
            typer.echo(f"  {rule['rule']}: {told(rule['said'])}")
