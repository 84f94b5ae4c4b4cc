"""A manual written from a folder of detectors and the docstrings of their ops, with what was measured of each."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from textwrap import fill
from typing import Any

from shisaku.auditing.detector import Detector, detectors
from shisaku.core.metric import Metric
from shisaku.registry.doors import op_class
from shisaku.registry.yaml_tree import compose
from shisaku.report.limits_table import Column, Limits, limits_in, table
from shisaku.report.shell import asset

WIDTH = 120
FINDS = "What it finds"
LEADS = re.compile(rf"\n({FINDS}|When it hurts):")
CLAIM = re.compile(rf"\n\n\*\*{FINDS}:\*\*.*?(?=\n\n|\Z)", re.S)


@dataclass(frozen=True)
class Manual:
    """A page: `template` and then each file of `home`, its entries as a table and the page of each op once.

    `columns` are those of the tables of limits. What no planted fault was measured of says `unmeasured` in the place of
    what its docstring claims to find; where that is empty the docstring stands as it is. `below` gives a line that
    stands under the docstring of an op, and `after` what ends the page.
    """

    page: str
    limits: str
    template: str
    home: Traversable
    columns: Mapping[str, Column]
    unmeasured: str = ""
    below: Callable[[str], str] = lambda op: ""
    after: Callable[[Manual, Limits], Sequence[str]] = lambda manual, limits: ()

    def text(self, limits: Limits) -> str:
        """Return the page; `limits` maps ops to what was measured of them, in the form that `planted` writes."""
        known = {one.name: one for one in detectors(home=self.home)}
        told: set[str] = set()
        pieces = [asset("templates", self.template).strip()]
        for area, about, names in self._areas():
            rows = [known[name] for name in names]
            pieces += [f"## {area.capitalize()}", about, _entries(rows)]
            for op in dict.fromkeys(one.op for one in rows):
                if op not in told:
                    pieces += self.of_op(op, limits)
                    told.add(op)
        pieces += self.after(self, limits)
        return "\n\n".join(piece for piece in pieces if piece) + "\n"

    def of_op(self, op: str, limits: Limits) -> list[str]:
        """Return the page of an op, with its table of limits."""
        measured = limits.get(op, ())
        told = inspect.getdoc(op_class(op)) or ""
        told = LEADS.sub(r"\n\n**\1:**", told).replace("\n\n\n", "\n\n").replace("Example::", "Example:")
        open_ = bool(self.unmeasured) and not measured and issubclass(op_class(op), Metric)
        if open_:
            told = CLAIM.sub("", told)
        return [f"### {op}", told.strip(), self.below(op), self.unmeasured * open_, table(measured, self.columns)]

    def limits_in(self, folder: Path) -> Limits:
        """Return what was measured of each op, nothing where the file is not there."""
        return limits_in(folder / self.limits)

    def write(self, folder: Path) -> None:
        """Write the page into `folder`."""
        (folder / self.page).write_text(self.text(self.limits_in(folder)), "utf-8")

    def _areas(self) -> Iterator[tuple[str, str, list[str]]]:
        """Give (name, what its first comment says, names of detectors) of every file."""
        for file in sorted(self.home.iterdir(), key=lambda one: one.name):
            if file.name.endswith(".yaml"):
                source = file.read_bytes()
                comment = re.match(r"(?:#.*\n)*", source.decode())
                about = " ".join(line.lstrip("# ") for line in (comment[0] if comment else "").splitlines())
                entries = compose(source, file.name).plain()["detectors"]
                yield file.name.removesuffix(".yaml"), fill(about, WIDTH), [str(entry["name"]) for entry in entries]


def _entries(rows: Sequence[Detector]) -> str:
    head = ["| detector | op | level | looks at | parameters |", "|---|---|---|---|---|"]
    return "\n".join([*head, *map(_row, rows)])


def _row(one: Detector) -> str:
    link = f"[{one.op}](#{one.op.replace('.', '')})"
    # A view is cooked where a detector of the level asked for is built on it.
    level = "view" if one.view else one.level
    params = ", ".join(f"`{name}: {_plain(value)}`" for name, value in one.params.items())
    more = [f"`fix: {one.fix}`"] * bool(one.fix) + [f"at most {one.sample} samples"] * bool(one.sample)
    more += [f"languages: {', '.join(one.langs)}"] * bool(one.langs) + ["where the data have splits"] * one.splits
    cells = (f"`{one.name}`", link, level, _looks_at(one), "; ".join(filter(None, [params, *more])))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _looks_at(one: Detector) -> str:
    # Of an op that reads any kind an entry says which.
    kinds = [one.params["kind"]] if "kind" in one.params else dict.fromkeys(op_class(one.op).reads.values())
    return f"`{one.of}`" if one.of else ", ".join(kinds) or "the record"
