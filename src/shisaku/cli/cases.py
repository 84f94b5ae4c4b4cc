"""``shisaku cases``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, language, told
from shisaku.message import Message, say

POINTS = 100.0


def command(
    words: Annotated[list[str] | None, typer.Argument(help="Words that must all occur.")] = None,
    modality: Annotated[str, typer.Option("--modality", help="image, text, audio, vector ...")] = "",
    outcome: Annotated[
        str, typer.Option("--outcome", help="ADOPT, REJECT, ABSTAIN, stopped, error; helped, hurt, mixed, not shown.")
    ] = "",
    grade: Annotated[str, typer.Option("--grade", metavar="A|B|C|D", help="This evidence or better.")] = "",
    source: Annotated[str, typer.Option("--source", metavar="run|literature", help="Your runs, or works.")] = "",
    keep: Annotated[
        list[Path] | None, typer.Option("--keep", help="First record this run; may be given again.")
    ] = None,
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """List what studies showed, failures too, with an evidence grade; and what the literature reports.

    A: confirmatory plan, untouched real test, power. B: replication on items looked at before. C: exploratory, or on
    simulated items. D: no plan from before, nothing measured, or reported and not re-run.

    Examples:
      shisaku cases --modality image --grade B

      shisaku cases paraphrase --source literature --json

      shisaku cases --keep runs/photos-1a2b3c4d

    """
    from shisaku.api.case_list import cases, keep_case

    for run in keep or ():
        recorded = keep_case(run)
        typer.echo(
            told(say("{run}: {n} new case records", run=str(run), n=recorded["new"])), err=json or out is not None
        )  # fmt: skip
    found = cases(words or [], modality=modality, outcome=outcome, grade=grade, source=source)
    if deliver({"cases": found, "n": len(found)}, json_wanted=json, out=out):
        return
    for case in found:
        typer.echo(_line(case))
    typer.echo(told(say("{n} cases", n=len(found))))


def _line(case: Mapping[str, Any]) -> str:
    if case["source"] == "literature":
        return f"{case['grade']}  {case['outcome']:9} {case['cite']}: {case['said'][language()]} ({told(case['why'])})"
    about = ", ".join(str(case[key]) for key in ("name", "study", "domain", "arm", "modality") if case.get(key))
    return f"{case['grade']}  {case['outcome']:9} {about}: {told(_effect(case))} ({told(case['why'])})"


def _effect(case: Mapping[str, Any]) -> Message:
    low, high = case.get("low"), case.get("high")
    if case.get("effect") is None or low is None or high is None:
        return Message.from_json(case["reason"])
    return say(
        "{effect:+.1f} points [{low:+.1f}, {high:+.1f}] against {comparator}, n = {n}",
        effect=POINTS * case["effect"], low=POINTS * low, high=POINTS * high, comparator=case["comparator"],
        n=case["n"],
    )  # fmt: skip
