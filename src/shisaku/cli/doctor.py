"""``shisaku doctor``."""

from __future__ import annotations

from typing import Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say

STYLES = {"ok": "green", "missing": "bold red", "optional": "yellow"}


def command(out: JsonOut = None, json: Json = False) -> None:
    """Say what is here, what is missing and how to get it; exit 0 when the default install works, 4 otherwise.

    Example:
      shisaku doctor

    """
    from shisaku.api import doctor

    found = doctor()
    if not deliver(found, json_wanted=json, out=out):
        _print(found["findings"])
        typer.echo(
            told(say("The default install works") if found["ok"] else say("The default install is not complete"))
        )
    if not found["ok"]:
        raise typer.Exit(4)


def _print(findings: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.text import Text

    # Lines are never broken, so that a command can be taken as it stands.
    console = Console(soft_wrap=True)
    for finding in findings:
        line = Text(f"{finding['state']:<9}", style=STYLES[finding["state"]])
        line.append(f"{finding['area']:<10} {finding['name']:<23} {told(finding['what'])}", style="default")
        console.print(line)
        if finding["command"]:
            console.print(Text(f"{'':<9}-> {finding['command']}"))
