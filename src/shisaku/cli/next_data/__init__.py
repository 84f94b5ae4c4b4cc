"""``shisaku next``: which data to buy next, and a log of what was bought and why, one verb per file."""

from __future__ import annotations

import typer

from shisaku.cli.next_data import bought, log, offers, plan, realised

app = typer.Typer(help="Which data next: plan a purchase, log it, compare with what it added.", no_args_is_help=True)

app.command("offers")(offers.command)
app.command("plan")(plan.command)
app.command("bought")(bought.command)
app.command("realised")(realised.command)
app.command("log")(log.command)
