"""``shisaku next offers``."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    json: Annotated[bool, typer.Option("--json", help="Print the text inside one JSON document.")] = False,
) -> None:
    """Print a file of offers to begin with: what can be bought, at what price, and the budget.

    Examples:
      shisaku next offers > offers.yaml

    """
    from shisaku.api.next_data import next_offers
    from shisaku.cli.show import emit

    if json:
        emit({"offers": next_offers()})
    else:
        typer.echo(next_offers(), nl=False)
