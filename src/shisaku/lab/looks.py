"""The ledger of looks: how often a test set has been asked."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.study_spec import StudySpec
from shisaku.errors import MachineError, RecipeError
from shisaku.lab.items import StudyData
from shisaku.lab.rounds import check_look, fresh_slice
from shisaku.message import say

NAME = "looks.jsonl"


@dataclass(frozen=True, slots=True)
class Chooser:
    """An earlier study whose results chose what is now made more of: its `look`, and the `items` it went by."""

    look: str
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One line per look in ``looks.jsonl`` of a state folder; lines are added, never changed.

    A look is a plan whose results were seen. The same plan on the same data is one look, however often it
    is run: it shows the same numbers, and what came before it is what came before its first time. Studies that chose
    the seeds of this one (`chosen_by`) looked at its test items where they went by any of them, whether or not that was
    written down here. `ahead` are lines of looks that will have been taken by then.
    """

    folder: Path
    chosen_by: tuple[Chooser, ...] = ()
    ahead: tuple[Mapping[str, Any], ...] = ()

    def counted(self, spec: StudySpec, data: StudyData) -> StudySpec:
        """Return the study with its number of earlier looks.

        Raises RecipeError for a round that is not the next of those planned at these test items.
        """
        self._check_round(spec, data)
        return replace(spec, looks_taken=self.count(spec, data))

    def count(self, spec: StudySpec, data: StudyData) -> int:
        """Return the looks at these test items by other plans, those the plan itself admits to included.

        Earlier rounds of the plan are none: their error is paid for. A round whose wrong answers chose what is made now
        is one: no spending covers that.
        """
        key, own, family = tests_fingerprint(spec, data), plan_key(spec, data), family_key(spec, data)
        tested = _tested(spec, data)
        other = set()
        for line in (*self._lines(), *self.ahead):
            if line["tests"] == key and line["plan"] == own:
                break
            if line["tests"] == key and line.get("family") != family:
                other.add(line["plan"])
        other |= {chooser.look for chooser in self.chosen_by if chooser.items & tested}
        return spec.looks_taken + len(other - {own})

    def seen(self, spec: StudySpec, data: StudyData) -> bool:
        """Return whether the results of this very plan were seen before."""
        key, own = tests_fingerprint(spec, data), plan_key(spec, data)
        return any(line["tests"] == key and line["plan"] == own for line in self._lines())

    def _check_round(self, spec: StudySpec, data: StudyData) -> None:
        check_look(spec)
        if spec.looks_planned == 1 or self.seen(spec, data):
            return
        family = family_key(spec, data)
        taken = {line["look"] for line in (*self._lines(), *self.ahead) if line.get("family") == family}
        due = next(look for look in range(1, spec.looks_planned + 2) if look not in taken)
        if spec.look == due:
            return
        there = ", ".join(map(str, sorted(taken))) or "-"
        spent_up = due > spec.looks_planned
        raise RecipeError(
            say("This is look {look} of {planned} at these test items, and of this plan the looks taken are: {there}",
                look=spec.look, planned=spec.looks_planned, there=there),
            where=f"study {spec.name}: looks",
            next=fresh_slice() if spent_up else say(
                "Set `this: {due}`. Looks belong to one plan if name, domains, margins, contrasts, metric, alpha, the "
                "number of looks and their spending are the same, and so are the test items", due=due),
        )  # fmt: skip

    def add(self, spec: StudySpec, data: StudyData) -> None:
        """Write down that this plan's results were seen. Raises MachineError if it cannot be written."""
        if self.seen(spec, data):
            return
        line = json.dumps(look_line(spec, data), ensure_ascii=False)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # One write to a file opened for appending: two processes cannot mix their lines.
            handle = os.open(self.folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, (line + "\n").encode())
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise MachineError(
                say("The ledger of looks cannot be written: {cause}", cause=str(error)), where=str(self.folder / NAME)
            ) from error

    def _lines(self) -> list[dict[str, Any]]:
        path = self.folder / NAME
        if not path.is_file():
            return []
        found = []
        for raw in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(raw)
            except ValueError:
                continue  # a line torn by a crash: that look never ended
            if isinstance(line, dict) and "tests" in line and "plan" in line:
                found.append(line)
        return found


def _tested(spec: StudySpec, data: StudyData) -> set[str]:
    """Return the ids of all items that are a test in some split."""
    fixed = {item for domain in spec.domains if domain.kind == "external" for item in data.streams[domain.stream].ids}
    split = any(domain.kind != "external" for domain in spec.domains)
    return fixed | (set(data.real.ids) if split else set())


def look_line(spec: StudySpec, data: StudyData) -> dict[str, Any]:
    """Return what is written down of a look."""
    line: dict[str, Any] = {"tests": tests_fingerprint(spec, data), "plan": plan_key(spec, data), "study": spec.name}
    return line if spec.looks_planned == 1 else {**line, "family": family_key(spec, data), "look": spec.look}


def family_key(spec: StudySpec, data: StudyData) -> str:
    """Return what the rounds of one plan have in common: their questions and the items these are put to.

    Training items, made items and settings of arms may change from round to round.
    """
    questions = [(d.name, d.kind, d.delta_gain, d.delta_safe, dict(d.spoil)) for d in spec.domains]
    terms = (spec.alpha, spec.looks_planned, spec.spending, spec.metric, spec.primary, spec.contrasts, spec.deploy)
    return fingerprint(spec.name, questions, *terms, sorted(_tested(spec, data)))


def tests_fingerprint(spec: StudySpec, data: StudyData) -> str:
    """Return what stays the same while the same items are tested on, whatever is trained or tried."""
    tested = [data.streams[domain.stream].ids for domain in spec.domains if domain.kind == "external"]
    return fingerprint(sorted(data.real.ids), sorted(sorted(ids) for ids in tested))


def plan_key(spec: StudySpec, data: StudyData) -> str:
    """Return what makes a look new: the plan (its count of looks aside) and the data."""
    return fingerprint(replace(spec, looks_taken=0, looks_note=""), data.fingerprint)
