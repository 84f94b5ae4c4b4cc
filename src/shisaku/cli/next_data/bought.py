"""``shisaku next bought``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.options import Json
from shisaku.cli.show import emit, told
from shisaku.message import say


def command(
    offer: Annotated[str, typer.Argument(help="What was bought, as the plan calls it.")],
    n: Annotated[int, typer.Argument(help="How many items.")],
    cost: Annotated[float, typer.Argument(help="What they cost together.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is to improve; required.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="Default: that of the plan.")] = "",
    plan: Annotated[Path | None, typer.Option("--plan", help="The run of `shisaku next plan` it follows.")] = None,
    expect: Annotated[
        str, typer.Option("--expect", metavar="LOW,MEAN,HIGH", help="The gain you expect in points, without a plan.")
    ] = "",
    json: Json = False,
) -> None:
    """Write a purchase down with its purpose and the gain that is expected of it, before it shows what it was good for.

    Examples:
      shisaku next bought labels 120 12000 --purpose "fewer missed cracks" --plan runs/next-1a2b3c4d

      shisaku next bought vendor 500 15000 --currency JPY --purpose "night scenes" --expect 0,2,4

    """
    from shisaku.api.purchases import next_bought

    found = next_bought(
        offer, n, cost, purpose=purpose, currency=currency, plan=plan, expect=_numbers(expect) if expect else None
    )  # fmt: skip
    if json:
        emit(found)
        return
    typer.echo(
        told(
            say(
                "Purchase {id}: {n} {offer} for {cost:g} {currency}; expected {mean:+.1f} points [{low:+.1f}, "
                "{high:+.1f}]",
                id=found["id"], n=n, offer=offer, cost=cost, currency=found["currency"], mean=100 * found["mean"],
                low=100 * found["low"], high=100 * found["high"],
            )
        )
    )  # fmt: skip


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(told(say("Write --expect LOW,MEAN,HIGH in points: 0.5,2,4"))) from None
