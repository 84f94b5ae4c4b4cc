"""The ledger of looks: how often a test set has been asked."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.recipe import StudySpec
from shisaku.errors import MachineError
from shisaku.lab.items import StudyData
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
    is run: it shows the same numbers. Studies that chose the seeds of this one (`chosen_by`) looked at its test
    items where they went by any of them, whether or not that was written down here.
    """

    folder: Path
    chosen_by: tuple[Chooser, ...] = ()

    def count(self, spec: StudySpec, data: StudyData) -> int:
        """Return the looks at these test items by other plans, those the plan itself admits to included."""
        key, own = tests_fingerprint(spec, data), plan_key(spec, data)
        tested = _tested(spec, data)
        other = {line["plan"] for line in self._lines() if line["tests"] == key}
        other |= {chooser.look for chooser in self.chosen_by if chooser.items & tested}
        return spec.looks_taken + len(other - {own})

    def add(self, spec: StudySpec, data: StudyData) -> None:
        """Write down that this plan's results were seen. Raises MachineError if it cannot be written."""
        key, own = tests_fingerprint(spec, data), plan_key(spec, data)
        if any(line["tests"] == key and line["plan"] == own for line in self._lines()):
            return
        line = json.dumps({"tests": key, "plan": own, "study": spec.name}, ensure_ascii=False)
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


def tests_fingerprint(spec: StudySpec, data: StudyData) -> str:
    """Return what stays the same while the same items are tested on, whatever is trained or tried."""
    tested = [data.streams[domain.stream].ids for domain in spec.domains if domain.kind == "external"]
    return fingerprint(sorted(data.real.ids), sorted(sorted(ids) for ids in tested))


def plan_key(spec: StudySpec, data: StudyData) -> str:
    """Return what makes a look new: the plan (its count of looks aside) and the data."""
    return fingerprint(replace(spec, looks_taken=0, looks_note=""), data.fingerprint)
