"""``shisaku measure``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, Out, Preview
from shisaku.cli.show import emit, progress, told
from shisaku.errors import RecipeError
from shisaku.message import say


def command(
    source: Annotated[
        Path | None, typer.Argument(help="The folder of a run, or made data of yours (a folder or table).")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--real", "--against", help="Real data to compare made data with; of a run, an earlier one."),
    ] = None,
    synthetic: Annotated[
        Path | None, typer.Option("--synthetic", help="The made data, where they are not the argument.")
    ] = None,
    out: Out = None,
    preview: Preview = None,
    deep: Annotated[bool, typer.Option("--deep", help="Ask the slow judges too.")] = False,
    profile: Annotated[Path | None, typer.Option("--profile", help="Your judges and thresholds.")] = None,
    marks: Annotated[
        Path | None, typer.Option("--marks", help="What people said of made samples: a table of sample, ok, by.")
    ] = None,
    json: Json = False,
) -> None:
    """Judge what was made: items one by one, the whole set beside the real data, copies, labels, what left and why.

    Examples:
      shisaku measure runs/chain-1a2b3c4d

      shisaku measure --real photos/ --synthetic made/ --json

      shisaku measure made/ --against photos/

      shisaku measure runs/chain-new --against runs/chain-old

      shisaku measure runs/chain-1a2b3c4d --marks reviewed.csv

    """
    from shisaku.api import measure

    if (source is None) == (synthetic is None):
        raise RecipeError(
            say("Say once what is to be measured"), next=say("Give a run or a folder, or --real A --synthetic B")
        )
    with progress(json) as report:
        found = measure(
            source or synthetic or Path(),
            against=against,
            out=out,
            preview=preview,
            level="deep" if deep else "standard",
            profile=profile,
            marks=marks,
            progress=report,
        )
    if json:
        emit(found)
        return
    for name, bundle in found["batches"].items():
        _print(name, bundle)
    for chain in found.get("drift", ()):
        _print_drift(chain)
    typer.echo(told(say("Page: {path}", path=found["page"])))


def _print(name: str, bundle: Mapping[str, Any]) -> None:
    typer.echo(told(say("{batch}: {n} samples", batch=name, n=bundle["made"])))
    for judge, one in bundle["items"].items():
        about = {"judge": judge, **{key: one[key] for key in ("n", "median", "lowest")}}
        if one["issues"] is None:
            typer.echo("  " + told(say("{judge}: {n} items, median {median:.3f}, lowest {lowest:.3f}", **about)))
            continue
        line = say(
            "{judge}: {n} items, median {median:.3f}, lowest {lowest:.3f}, {issues} issues "
            "({share:.1%} [{low:.1%}, {high:.1%}])",
            **about,
            **{key: one[key] for key in ("issues", "share", "low", "high")},
        )
        typer.echo("  " + told(line))
    for judge, one in bundle["items"].items():
        if one["learnt"]:
            _print_learnt(judge, one["learnt"])
    for row in bundle["sets"]:
        typer.echo("  " + told(say("{judge}: {what}", judge=row["judge"], what=told(row["what"]))))
    for row in bundle["drops"]:
        typer.echo("  " + told(say("{n} left at {step}: {reason}", n=row["n"], step=row["step"], reason=row["reason"])))
    for row in bundle["not_judged_by"]:
        typer.echo("  " + told(row))
    if bundle["state"] == "passed":
        typer.echo(told(say("{batch} passes the gate", batch=name)))
    for row in bundle["stopped_by"]:
        typer.echo(told(say("The gate stops {batch}: {why}", batch=name, why=told(row))))
    typer.echo(told(say("Evidence: {path} (SHA-256 {sha})", path=bundle["bundle"], sha=bundle["sha256"][:12])))


def _print_learnt(judge: str, learnt: Mapping[str, Any]) -> None:
    about = {"judge": judge, "threshold": learnt["threshold"], "below": learnt["below"]["share"]}
    figures = {key: learnt["expected"][key] for key in ("share", "low", "high", "n")}
    if learnt["from"] == "marks":
        line = say(
            "{judge}: threshold {threshold:.3f} learnt from {n} marks: of what passes {share:.1%} [{low:.1%}, "
            "{high:.1%}] is good; {below:.1%} of the batch lies below",
            **about,
            **figures,
        )
    else:
        line = say(
            "{judge}: threshold {threshold:.3f} learnt from {n} real samples: {share:.1%} [{low:.1%}, {high:.1%}] of "
            "such pass; {below:.1%} of the batch lies below",
            **about,
            **figures,
        )
    typer.echo("  " + told(line))


def _print_drift(chain: Mapping[str, Any]) -> None:
    typer.echo(told(say("Drift of {chain}", chain=" > ".join(chain["hops"]))))
    for meter, held in chain["meters"].items():
        for row in held["losses"]:
            about = {key: row[key] for key in ("hop", "loss", "before", "after", "n")}
            if row["low"] is None:
                line = say(
                    "{hop} loses {loss:.3f} of {meter} ({before:.3f} to {after:.3f}, n = {n})", meter=meter, **about
                )
            else:
                line = say(
                    "{hop} loses {loss:.3f} [{low:.3f}, {high:.3f}] of {meter} ({before:.3f} to {after:.3f}, n = {n})",
                    meter=meter, low=row["low"], high=row["high"], **about,
                )  # fmt: skip
            typer.echo("  " + told(line))
    first = chain["mend_first"]
    if first:
        typer.echo("  " + told(say("Mend first: {hop} ({meter})", hop=first["hop"], meter=first["meter"])))
