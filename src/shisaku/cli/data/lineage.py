"""``shisaku data lineage``: one sample's ancestors and descendants as a tree."""

from __future__ import annotations

import json as json_
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shisaku.cli.options import Json, JsonOut
from shisaku.cli.show import deliver, told
from shisaku.message import say

if TYPE_CHECKING:
    from rich.tree import Tree

MOST_SHOWN = 50
DETAILS = ("step", "seed", "round", "policy", "prompt")


def command(
    path: Annotated[Path, typer.Argument(help="A dataset, or the folder of a run.")],
    id: Annotated[str, typer.Argument(help="The sample.")],
    out: JsonOut = None,
    json: Json = False,
) -> None:
    """Print where a sample comes from and what was made of it: op, parameters, models, seed, policy.

    Examples:
      shisaku data lineage frogs/ cartoons/frog1

      shisaku data lineage runs/stamps cartoons/frog1/composite.0 --json

    """
    from shisaku.api import data_lineage

    found = data_lineage(path, id)
    if deliver(found, json_wanted=json, out=out):
        return
    from rich.console import Console

    Console().print(_tree(found))


def _tree(found: Mapping[str, Any]) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    root = Tree(Text(_words(found["id"], found)))
    for way, heading in (("parents", say("comes from")), ("children", say("made of it"))):
        if found[way][found["id"]]:
            _grow(root.add(Text(told(heading), style="bold")), way, found)
    return root


def _grow(branch: Tree, way: str, found: Mapping[str, Any]) -> None:
    """Hang the kin below `branch`; one that hangs there already is only named, so that no circle goes on for ever."""
    from rich.text import Text

    waiting, shown = [(branch, found["id"])], {found["id"]}
    while waiting:
        here, id_ = waiting.pop()
        nexts = found[way].get(id_, [])
        for one in nexts[:MOST_SHOWN]:
            leaf = here.add(Text(_words(one, found) if one not in shown else one))
            if one not in shown:
                shown.add(one)
                waiting.append((leaf, one))
        if len(nexts) > MOST_SHOWN:
            here.add(Text(told(say("and {n} more", n=len(nexts) - MOST_SHOWN))))


def _words(id_: str, found: Mapping[str, Any]) -> str:
    about = found["samples"][id_]
    if about is None:
        return f"{id_}  {told(say('(not in this dataset)'))}"
    types = about["digital_source_type"]
    parts = ", ".join(f"{name}: {kind}{_code(types.get(name))}" for name, kind in about["parts"].items())
    lines = [f"{id_}  {told(say('generation {n}', n=about['depth']))}  [{parts}]"]
    lines += _trace(about["made_by"])
    for name, trace in about["added"].items():
        lines += [f"{name} <- {line}" if not place else line for place, line in enumerate(_trace(trace))]
    return "\n  ".join(lines)


def _code(code: str | None) -> str:
    return f" ({code})" if code else ""


def _trace(trace: Mapping[str, Any]) -> list[str]:
    if not trace:
        return []
    known = [f"{name} {trace[name]}" for name in DETAILS if trace.get(name) not in (None, "")]
    lines = [f"{trace.get('op')} {trace.get('version')}: {', '.join(known)}"]
    for name in ("params", "models"):
        if trace.get(name):
            lines.append(f"{name} {json_.dumps(trace[name], ensure_ascii=False)}")
    return lines
