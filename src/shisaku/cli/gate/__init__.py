"""``shisaku gate``: from PoC to scale one stage at a time, on record, one verb per file."""

from __future__ import annotations

import typer

from shisaku.cli.gate import advance, form, init, page, rollback, sign, spend, status, trigger, update

app = typer.Typer(
    help="Stage gates from PoC over fine-tuning and a pilot to scale, on record: what blocks, and who must do what.",
    epilog="Exit codes: 0 done, 6 a gate holds: what blocks is printed, or what took the stage back.",
    no_args_is_help=True,
)

app.command("form")(form.command)
app.command("init")(init.command)
app.command("update")(update.command)
app.command("status")(status.command)
app.command("sign")(sign.command)
app.command("advance")(advance.command)
app.command("rollback")(rollback.command)
app.command("spend")(spend.command)
app.command("trigger")(trigger.command)
app.command("page")(page.command)
