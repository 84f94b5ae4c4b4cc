"""A frozen plan as a file: read whole or refused, held against the plan made now, and noted in the run it was for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shisaku.errors import Problem, RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.run import Run

SCHEMA = 1
LARGEST = 64 * 1024 * 1024
# Before anything was trained, when the run began, or after results of the same plan had been seen already.
When = Literal["before", "start", "after"]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The plans of a recipe's studies by name, when they were written down, and those whose results were `seen`."""

    path: str
    date: str
    plans: Mapping[str, Mapping[str, Any]]
    seen: frozenset[str]

    def check(self, now: Sequence[Mapping[str, Any]]) -> None:
        """Raise RecipeError, with all that differs, unless every plan of the file is among those made `now`."""
        from shisaku.lab.frozen import differences

        made = {str(plan["study"]): plan for plan in now}
        problems: list[Problem] = []
        for name, plan in self.plans.items():
            if name in made:
                problems += differences(plan, made[name])
            else:
                problems.append(Problem(0, name, say("there is no such study now")))
        if problems:
            raise RecipeError(
                say("What would be run is not what was planned"),
                where=self.path,
                next=say("Run what was planned; or make another plan, and say that it came after this one"),
                problems=problems,
            )


def now() -> str:
    """Return the date and time, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_plan(path: str | Path) -> PlanFile:
    """Read a plan file. Raises RecipeError if it is none, or was changed after it was written."""
    from shisaku.lab.frozen import intact

    place = Path(path)
    try:
        if place.stat().st_size > LARGEST:
            raise ValueError("too large")
        raw = json.loads(place.read_bytes())
        whole = raw["schema"] == SCHEMA and intact(raw)
        plans = {str(one["plan"]["study"]): one["plan"] for one in raw["studies"]}
        seen = frozenset(str(one["plan"]["study"]) for one in raw["studies"] if one["seen"])
        date = str(raw["date"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RecipeError(
            say("This is no plan that can be read"), where=str(path), next=say("`shisaku plan RECIPE` writes one")
        ) from None
    if not whole:
        raise RecipeError(
            say("This plan was changed after it was frozen: its hash does not fit"),
            where=str(path),
            next=say("Take the file that `shisaku plan` wrote, or make another plan"),
        )
    return PlanFile(str(path), date, plans, seen)


def note_planned(run: Run, plan: Mapping[str, Any], file: PlanFile | None) -> None:
    """Write down in the run when the plan of a study was frozen; the first time stands while the plan is the same."""
    name = str(plan["study"])
    held: dict[str, Any] = dict(run.read_json("run").get("planned", {}))
    when: When = "start"
    date = now()
    if file is not None and name in file.plans:
        when, date = ("after" if name in file.seen else "before"), file.date
    there = held.get(name)
    if there and there["hash"] == plan["hash"] and there["date"] <= date:
        return
    run.write_json("run", {"planned": {**held, name: {"hash": plan["hash"], "date": date, "when": when}}})
