"""Options that several verbs share, said once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.show import told
from shisaku.message import say

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; default: beside your work, said at the end.")]
JsonOut = Annotated[Path | None, typer.Option("--out", help="Also write the JSON document to this file.")]
Preview = Annotated[
    int | None, typer.Option("--preview", min=2, help="Use only N items per class or stream: a look, not a verdict.")
]
Plan = Annotated[
    Path | None, typer.Option("--plan", help="A file of `shisaku plan`: refuse to train anything else than it says.")
]
Adopt = Annotated[bool, typer.Option("--fail-unless-adopt", help="Exit with 3 unless the overall verdict is ADOPT.")]


Isolate = Annotated[
    bool,
    typer.Option("--isolate", help="Run without any route to a network, native code and child processes too (Linux)."),
]


def _allow_commands(wanted: bool) -> bool:
    from shisaku.learn.command.permission import allow_commands

    if wanted:
        allow_commands()
    return wanted


AllowCommands = Annotated[
    bool,
    typer.Option(
        "--allow-commands",
        help="Let the recipe train with a program that it names (learner `command`): read what it would run first.",
        callback=_allow_commands,
    ),
]


def alone(wanted: bool) -> None:
    """Run this very command in a process without a network and exit as it does; inside there, go on.

    Raises MachineError where the system does not allow it.
    """
    if not wanted or os.environ.get("SHISAKU_ISOLATED"):
        return
    from shisaku.guard.isolate import isolated

    raise typer.Exit(isolated([sys.executable, "-m", "shisaku", *sys.argv[1:]]))


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Return name -> value of an option that is given as ``NAME=VALUE``, once per name. Raises BadParameter."""
    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(told(say("Write {option} NAME=VALUE", option=option)))
        found[name.strip()] = value
    return found
