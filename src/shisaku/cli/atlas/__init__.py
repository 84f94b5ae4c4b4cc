"""``shisaku atlas``: datasets in three layers and what their licences allow, one verb per file."""

from __future__ import annotations

import typer

from shisaku.cli.atlas import add, classify, compose, search, show

app = typer.Typer(help="Datasets in three layers: search, licences, your own, use cases.", no_args_is_help=True)

app.command("search")(search.command)
app.command("show")(show.command)
app.command("add")(add.command)
app.command("classify")(classify.command)
app.command("compose")(compose.command)
