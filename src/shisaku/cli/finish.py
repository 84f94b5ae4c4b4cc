"""How a run ends on the terminal."""

from __future__ import annotations

import sys

import typer

from shisaku.api.result import RunResult
from shisaku.cli.show import emit, language, told
from shisaku.message import say

NOT_ADOPT = 3
LOG_WIDTH, WITH_MONEY = 120, 110


def finish(result: RunResult, *, json: bool, fail_unless_adopt: bool) -> None:
    """Print the verdict table and the report's path, or the JSON; exit with 3 where asked and not ADOPT."""
    if json:
        emit(result.to_json())
    else:
        from rich.console import Console

        from shisaku.report.summary import verdict_table

        console = Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH)
        for note in result.notes:
            console.print(told(note), markup=False)
        if result.verdicts:
            console.print(verdict_table(result.to_json(), language(), money=console.width >= WITH_MONEY))
        else:
            console.print(told(result.headline_message), markup=False)
        if result.already_done:
            console.print(told(say("Already done: nothing was computed again")))
        console.print(told(say("Run: {path}", path=str(result.path))), markup=False, soft_wrap=True)
        console.print(told(say("Report: {path}", path=str(result.report))), markup=False, soft_wrap=True)
    if fail_unless_adopt and result.overall != "ADOPT":
        raise typer.Exit(NOT_ADOPT)
