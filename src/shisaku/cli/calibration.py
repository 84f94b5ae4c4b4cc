"""What a person sees of a calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from shisaku.cli.show import emit, told
from shisaku.lab.beside.effects import amount
from shisaku.message import Message, say


def show_calibration(found: Mapping[str, Any], json: bool) -> None:
    """Print what was judged in every design, what stands beside it, and whether the calibration is accepted."""
    if json:
        emit(found)
        return
    typer.echo(told(say("{n} worlds whose true effect is exactly the margin", n=found["worlds"])))
    for name, design in found["designs"].items():
        typer.echo(f"\n{name}")
        nominal = design["design"]["alpha"] / 2
        lines = [
            *(_rate(say("False ADOPT (nominal {nominal:.1%})", nominal=nominal), one) for one in design["false_adopt"]),
            *(_rate(say("Power where {planned:.0%} was planned", planned=found["planned_power"]), one)
              for one in design["power"]),
            *(_rate(say("Beside, not judged"), one) for one in design["beside"]),
            *map(_ratio, design["effects"]),
            Message.from_json(design["criterion"]),
            say("calibration accepted") if design["accepted"] else say("calibration not accepted"),
        ]  # fmt: skip
        for line in lines:
            typer.echo(f"  {told(line)}")


def _rate(what: Message, one: Mapping[str, Any]) -> Message:
    low, high = one["interval"]
    return say("{what}, {claim}: {rate:.3f} [{low:.3f}, {high:.3f}]",
               what=what, claim=_claim(one["claim"]), rate=one["rate"], low=low, high=high)  # fmt: skip


def _claim(claim: Mapping[str, Any]) -> Message:
    place = {"domain": claim["domain"], "size": amount(claim["shots"])}
    named = {
        "overall": say("the overall decision"),
        "any_round": say("any round in domain {domain}", domain=claim["domain"]),
        "unspent": say("any round in domain {domain}, had every round all of alpha", domain=claim["domain"]),
        "any_size": say("domain {domain}, any size", domain=claim["domain"]),
        "family": say("any contrast in domain {domain}, {size}", **place),
    }
    if claim["kind"] in named:
        return named[claim["kind"]]
    if claim["look"]:
        return say("round {look} in domain {domain}", look=claim["look"], domain=claim["domain"])
    return say("{arm} in domain {domain}, {size}", arm=claim["arm"], **place)


def _ratio(one: Mapping[str, Any]) -> Message:
    place = say("{arm} in domain {domain}, {size}", arm=one["arm"], domain=one["domain"], size=amount(one["shots"]))
    if one["se_ratio"] is None:
        return say("True effect, {place}: {effect:.4f}", place=place, effect=one["true_effect"])
    return say("True effect, {place}: {effect:.4f}; the standard error is {ratio:.2f} times the true spread",
               place=place, effect=one["true_effect"], ratio=one["se_ratio"])  # fmt: skip
