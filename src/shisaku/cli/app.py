"""The list of verbs; each lives in the file of its name."""

from __future__ import annotations

from typing import Annotated

import typer

from shisaku import __version__
from shisaku.cli import (
    atlas,
    audit,
    augment,
    cache,
    cases,
    conditions,
    data,
    describe,
    doctor,
    gate,
    guard,
    ingest,
    init,
    measure,
    models,
    next_data,
    ops,
    plan,
    prove,
    report,
    run,
    validate,
    worth,
)

app = typer.Typer(
    name="shisaku",
    help="Make prototype data for small real datasets, and prove whether it is worth it.",
    epilog="Start with: shisaku init FOLDER, then: shisaku run FOLDER.recipe.yaml. "
    "Exit codes: 0 done, 2 your recipe, 3 verdict not ADOPT with --fail-unless-adopt, 4 the machine, 5 your data, "
    "6 a gate holds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shisaku {__version__}")
        raise typer.Exit


@app.callback()
def shisaku(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Make prototype data for small real datasets, and prove whether it is worth it."""


app.command("init")(init.command)
app.command("describe")(describe.command)
app.command("ingest")(ingest.command)
app.command("run")(run.command)
app.command("validate")(validate.command)
app.command("audit")(audit.command)
app.command("augment")(augment.command)
app.command("measure")(measure.command)
app.command("plan")(plan.command)
app.command("prove")(prove.command)
app.command("conditions")(conditions.command)
app.command("cases")(cases.command)
app.command("worth")(worth.command)
app.command("report")(report.command)
app.command("ops")(ops.command)
app.command("doctor")(doctor.command)
app.add_typer(models.app, name="models")
app.add_typer(data.app, name="data")
app.add_typer(cache.app, name="cache")
app.add_typer(guard.app, name="guard")
app.add_typer(gate.app, name="gate")
app.add_typer(next_data.app, name="next")
app.add_typer(atlas.app, name="atlas")
