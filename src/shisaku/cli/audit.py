"""``shisaku audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shisaku.cli.options import Json, Out, pairs
from shisaku.cli.show import deliver, progress, told
from shisaku.errors import RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.api.auditing import AuditResult


SLOW_SHOWN = 5
HARMS = ("labels", "duplicates", "diversity")


def command(
    path: Annotated[Path, typer.Argument(help="A file or folder of yours, in any layout that is known.")],
    quick: Annotated[bool, typer.Option("--quick", help="Decoded files alone: copies, blur, exposure, size.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Everything, the slow models too.")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", help="Another dataset that must share nothing with it.")
    ] = None,
    profile: Annotated[Path | None, typer.Option("--profile", help="Your detectors and thresholds.")] = None,
    out: Out = None,
    fix: Annotated[
        Path | None, typer.Option("--fix", metavar="DATASET", help="Write a mended version here; nothing in place.")
    ] = None,
    save_scores: Annotated[
        bool, typer.Option("--save-scores", help="Add all scores to the dataset as columns of a new version.")
    ] = False,
    known_as: Annotated[str, typer.Option("--as", metavar="LAYOUT", help="Take it for this layout.")] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the reader.")
    ] = None,
    limits: Annotated[
        list[str] | None, typer.Option("--limit", metavar="NAME=VALUE", help="A limit of decoding.")
    ] = None,
    sensitivity: Annotated[
        str, typer.Option("--sensitivity", metavar="HARM", help="labels, duplicates or diversity: what they cost.")
    ] = "",
    label: Annotated[str, typer.Option("--label", help="The label whose score --sensitivity watches.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Decides what is drawn at random.")] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads and processes.")] = 2,
    json: Json = False,
) -> None:
    """Say what is wrong with data, which samples, how sure, and what to do about it.

    Examples:
      shisaku audit photos/ --quick

      shisaku audit reviews.csv --set text=body --set label=stars

      shisaku audit train.dataset --against test.dataset --deep --json

      shisaku audit train.dataset --fix train.dataset

      shisaku audit photos/ --sensitivity labels

    """
    from shisaku.api import audit

    if quick and deep:
        raise RecipeError(say("--quick and --deep exclude each other"), next=say("Choose one of them"))
    with progress(json) as report:
        found = audit(
            path,
            level="quick" if quick else "deep" if deep else "standard",
            against=against,
            profile=profile,
            out=out,
            known_as=known_as,
            settings=pairs(settings, "--set"),
            limits=pairs(limits, "--limit"),
            fix=fix,
            save_scores=save_scores,
            sensitivity=_harm(sensitivity),
            label=label,
            seed=seed,
            workers=workers,
            progress=report,
        )
    if not deliver(found.to_json(), json_wanted=json, out=None):
        _print(found, deep)


def _harm(word: str) -> Any:
    if word and word not in HARMS:
        raise RecipeError(
            say("There is no harm called {word}", word=word), next=say("Choose: {all}", all=", ".join(HARMS))
        )
    return word


def _print(result: AuditResult, deep: bool) -> None:
    found = result.found
    typer.echo(
        told(
            say(
                "{samples} samples looked at, {dropped} dropped; {flagged} have an issue; {seconds:.0f} s",
                samples=found.of,
                dropped=result.dropped,
                flagged=len(found.flagged),
                seconds=result.seconds,
            )
        )
    )
    for rank, (name, what) in enumerate(found.worst(), start=1):
        typer.echo(f"{rank:>2}. {name}: {told(what)}")
    for line in (result.sensitivity or {}).get("lines", ()):
        typer.echo(told(line))
    _print_seconds(result, everything=deep)
    if result.version:
        said = say(
            "Version {version} of {out}: {dropped} dropped, {proposed} labels proposed",
            version=result.version["version"],
            out=result.version["out"],
            dropped=result.version["dropped"],
            proposed=result.version["proposed"],
        )
        typer.echo(told(said))
    typer.echo(told(say("The page: {path}", path=str(result.page))))


def _print_seconds(result: AuditResult, everything: bool) -> None:
    """Say where the time went: work of all workers, that of earlier calls which was taken from the cache included."""
    seconds = result.found.seconds
    slow = sorted(seconds.items(), key=lambda one: (-one[1], one[0]))
    if not everything:
        which = ", ".join(f"{name} {taken:.1f}" for name, taken in slow[:SLOW_SHOWN])
        typer.echo(
            told(say("{seconds:.0f} s in detectors, most in: {which}", seconds=sum(seconds.values()), which=which))
        )
        return
    for name, taken in slow:
        measured = result.found.given.get(name, 0)
        typer.echo(told(say("{name}: {n} samples, {seconds:.1f} s", name=name, n=measured, seconds=taken)))
