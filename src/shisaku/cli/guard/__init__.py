"""``shisaku guard``: what left this machine, one verb per file."""

from __future__ import annotations

import typer

from shisaku.cli.guard import cache, explain, head, ledger, preview, verify

app = typer.Typer(help="What left this machine in a run, to whom, and why; and what would leave.", no_args_is_help=True)

app.command("preview")(preview.command)
app.command("ledger")(ledger.command)
app.command("verify")(verify.command)
app.command("explain")(explain.command)
app.command("explain-cache")(cache.command)
app.command("head")(head.command)
