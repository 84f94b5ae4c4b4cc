"""``shisaku atlas compose``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from shisaku.atlas.terms import USE_WORDS
from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, language, told
from shisaku.message import say


def command(
    use_case: Annotated[str, typer.Argument(help="medical, driving, inspection or speech; default: all.")] = "",
    stage: Annotated[str, typer.Option("--stage", metavar="poc|fine-tune|scale")] = "",
    use: Annotated[
        str, typer.Option("--use", metavar="USE", help="What the licences must allow; what does not is marked.")
    ] = "commercial",
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Print use cases by stage: which data of which layer, with its licence; one use case with its whole template.

    Examples:
      shisaku atlas compose

      shisaku atlas compose medical --stage poc --use research --json

    """
    from shisaku.api import atlas_compose

    found = atlas_compose(use_case, stage=stage, use=use)
    if deliver({"use_cases": found, "use": use}, json_wanted=json, out=out):
        return
    from rich.console import Console

    console = Console()
    if use_case:
        for line in _template(found[use_case]):
            console.print(line, markup=False, soft_wrap=True)
    console.print(_matrix(found), markup=False)
    console.print(told(say("x: its licence is not known to allow {use}", use=USE_WORDS[use])), markup=False)


def _template(case: Mapping[str, Any]) -> Iterator[str]:
    lang = language()
    parts = ", ".join(f"{part['name']} ({part['kind']}{', -' if part['optional'] else ''})" for part in case["parts"])
    split, sync = case["split"], case["sync"]
    tolerance = f"{sync['tolerance'] * 1000:g} ms" if sync["tolerance"] else told(say("no fixed time"))
    yield case["title"][lang]
    yield "  " + told(say("Parts (a dash: optional): {parts}", parts=parts))
    yield "  " + told(say("Entity that never straddles a split: {key}", key=case["key"]))
    never, why = split["never"][lang], split["why"][lang]
    yield "  " + told(say("Split by {by}, never by {never}: {why}", by=", ".join(split["by"]), never=never, why=why))
    between, rule = ", ".join(sync["between"]), sync["rule"][lang]
    moment = say("Of one moment within {tolerance}: {between}. {rule}", tolerance=tolerance, between=between, rule=rule)
    yield "  " + told(moment)
    for one in case["forbidden"]:
        yield "  " + told(say("Never: {op}. {why}", op=one["op"][lang], why=one["why"][lang]))


def _matrix(found: Mapping[str, Any]) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1))
    headings = (say("use case"), say("stage"), say("general"), say("task"), say("domain"))
    for heading in headings:
        table.add_column(told(heading))
    for name, case in found.items():
        for stage, layers in case["stages"].items():
            table.add_row(name, stage, *(_cell(layers.get(layer, [])) for layer in ("general", "task", "domain")))
    return table


def _cell(datasets: list[Mapping[str, Any]]) -> str:
    return "\n".join(f"{'' if one['allowed'] else 'x '}{one['name']} ({one['class']})" for one in datasets)
