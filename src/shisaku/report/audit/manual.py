"""Write the manual of the audit from its detectors and the docstrings of their ops.

``python -m shisaku.report.audit.manual [docs]`` writes ``docs/audit.md``. Where ``docs/audit_limits.json`` lies beside
it (``PYTHONPATH=benchmarks python -m planted --json docs/audit_limits.json``), every op gets a table of its limits.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from textwrap import fill
from typing import Any

from shisaku.auditing.detector import HOME, Detector, detectors
from shisaku.registry.doors import op_class
from shisaku.registry.yaml_tree import compose
from shisaku.report.shell import asset

PAGE, LIMITS, WIDTH = "audit.md", "audit_limits.json", 120
LEADS = re.compile(r"\n(What it finds|When it hurts):")
Limits = Mapping[str, Sequence[Mapping[str, Any]]]


def manual(limits: Limits) -> str:
    """Return the page; `limits` maps ops to what was measured of them, in the form that `planted` writes."""
    known = {one.name: one for one in detectors()}
    told: set[str] = set()
    pieces = [asset("templates", "audit_manual.md").strip()]
    for area, about, names in _areas():
        rows = [known[name] for name in names]
        pieces += [f"## {area.capitalize()}", about, _table(rows)]
        for op in dict.fromkeys(one.op for one in rows):
            if op not in told:
                pieces += _page(op, limits.get(op, ()))
                told.add(op)
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _areas() -> Iterator[tuple[str, str, list[str]]]:
    """Give (name, what its first comment says, names of detectors) of every built-in file."""
    home = resources.files("shisaku.auditing").joinpath(HOME)
    for file in sorted(home.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            source = file.read_bytes()
            comment = re.match(r"(?:#.*\n)*", source.decode())
            about = " ".join(line.lstrip("# ") for line in (comment[0] if comment else "").splitlines())
            entries = compose(source, file.name).plain()["detectors"]
            yield file.name.removesuffix(".yaml"), fill(about, WIDTH), [str(entry["name"]) for entry in entries]


def _table(rows: Sequence[Detector]) -> str:
    head = ["| detector | op | level | looks at | parameters |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(_row, rows)])


def _row(one: Detector) -> str:
    link = f"[{one.op}](#{one.op.replace('.', '')})"
    # A view is cooked where a detector of the level asked for is built on it.
    level = "view" if one.view else one.level
    params = ", ".join(f"`{name}: {json.dumps(value, ensure_ascii=False)}`" for name, value in one.params.items())
    more = [f"`fix: {one.fix}`"] * bool(one.fix) + [f"at most {one.sample} samples"] * bool(one.sample)
    more += [f"languages: {', '.join(one.langs)}"] * bool(one.langs) + ["where the data have splits"] * one.splits
    cells = (f"`{one.name}`", link, level, _looks_at(one), "; ".join(filter(None, [params, *more])))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _looks_at(one: Detector) -> str:
    kinds = dict.fromkeys(op_class(one.op).reads.values())
    return f"`{one.of}`" if one.of else ", ".join(kinds) or "the record"


def _page(op: str, measured: Sequence[Mapping[str, Any]]) -> list[str]:
    told = inspect.getdoc(op_class(op)) or ""
    told = LEADS.sub(r"\n\n**\1:**", told).replace("\n\n\n", "\n\n").replace("Example::", "Example:")
    return [f"### {op}", told.strip(), _limits(measured)]


def _limits(measured: Sequence[Mapping[str, Any]]) -> str:
    if not measured:
        return ""
    head = ["| planted | into | n | limit | recall there | false alarms |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(_limit, measured)])


def _limit(one: Mapping[str, Any]) -> str:
    rows = one["rows"]
    there = next((row for row in rows if row["strength"] == one["limit"]), rows[-1])
    strength = f"{there['strength']:g} {one['unit']}"
    limit = strength if one["limit"] is not None else f"none (strongest: {strength})"
    cells = (one["fault"], one["source"], str(one["n"]), limit, _interval(there["recall"]))
    return "| " + " | ".join((*cells, _interval(one["false_alarms"]))) + " |"


def _interval(held: Sequence[float]) -> str:
    share, low, high = held
    return f"{share:.1%} ({low:.1%} to {high:.1%})"


def limits_in(folder: Path) -> Limits:
    """Return what was measured of each op, nothing where the file is not there."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    if (folder / LIMITS).is_file():
        for one in json.loads((folder / LIMITS).read_text("utf-8")):
            found.setdefault(one["detector"], []).append(one)
    return found


def main(folder: Path) -> None:
    """Write the page into `folder`."""
    (folder / PAGE).write_text(manual(limits_in(folder)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
