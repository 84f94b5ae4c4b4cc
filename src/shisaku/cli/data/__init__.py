"""``shisaku data``: versioned datasets, one verb per file."""

from __future__ import annotations

import typer

from shisaku.cli.data import balance, card, checkout, diff, export, forget, formats, lineage, log, prov, show, split

app = typer.Typer(help="Datasets of yours: their versions, samples, origin, and forgetting.", no_args_is_help=True)

app.command("log")(log.command)
app.command("diff")(diff.command)
app.command("show")(show.command)
app.command("checkout")(checkout.command)
app.command("forget")(forget.command)
app.command("lineage")(lineage.command)
app.command("prov")(prov.command)
app.command("card")(card.command)
app.command("split")(split.command)
app.command("balance")(balance.command)
app.command("export")(export.command)
app.command("formats")(formats.command)
