"""What lies outside a record: the form beside it and the runs it was shown, as they are now."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shisaku.errors import MachineError, RecipeError, ShisakuError
from shisaku.lab.stages.facts import RunFacts, studies_of
from shisaku.lab.stages.form import Form
from shisaku.lab.stages.outcome import Now
from shisaku.lab.stages.read import read_form
from shisaku.lab.stages.state import State
from shisaku.message import Message, say


def form_bytes(path: Path) -> bytes:
    """Return what is in a form's file. Raises RecipeError if there is none."""
    from shisaku.registry.yaml_tree import MAX_BYTES

    if not path.is_file():
        raise RecipeError(say("There is no form here"), str(path), say("`shisaku gate form RUN` writes one to fill in"))
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(say("The form cannot be read: {cause}", cause=str(error)), str(path)) from None


def sha256(raw: bytes) -> str:
    """Return the hash under which a form stands in a record."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Read:
    """A form and runs as they are now: the events that take them into a record, and what is in them."""

    form_event: dict[str, Any]
    form: Form
    facts: list[dict[str, Any]]
    runs: tuple[RunFacts, ...]


def read_in(form: Path, runs: Sequence[Path], record: Path, today: date, *, new: bool) -> Read:
    """Read a form and the runs that it is shown, and check them against each other.

    Raises RecipeError with everything wrong in the form, DataError, MachineError.
    """
    raw = form_bytes(form)
    first, _ = read_form(raw, str(form), today=today, new=new)
    facts = facts_of(runs, record, first)
    laid = tuple(RunFacts.from_json(one) for one in facts)
    classes = sorted({name for _, study in studies_of(laid, first.studies) for name in study.classes})
    studies = [study.name for run in laid for study in run.studies]
    # Once more: which figures a form reads is known before the runs are, which classes they have only after.
    found, plain = read_form(raw, str(form), today=today, classes=classes, studies=studies, new=new)
    return Read({"form": plain, "sha256": sha256(raw), "file": _relative(form, record)}, found, facts, laid)


def facts_of(runs: Sequence[Path], record: Path, form: Form) -> list[dict[str, Any]]:
    """Return the facts of runs, each once, as the record keeps them. Raises RecipeError, DataError, MachineError."""
    from shisaku.api.gating.facts import read_facts
    from shisaku.store.run import Run

    asked = [(one.document, one.at) for _, one in form.thresholds() if one.document]
    places = {_relative(run, record): run for run in runs}
    return [read_facts(Run.open(run), name, asked) for name, run in places.items()]


def run_places(state: State, record: Path) -> list[Path]:
    """Return where the runs of a record lie."""
    return [record.parent / run.path for run in state.runs]


def outside(state: State, record: Path, today: date) -> Now:
    """Return the day, and what is no longer as the record has it: the form, and each run with its figures."""
    form = _changed_form(state, record)
    runs = {run.path: why for run in state.runs if (why := _changed_run(run, record, state.form)) is not None}
    return Now(today, form, runs)


def _changed_form(state: State, record: Path) -> Message | None:
    try:
        there = sha256(form_bytes(record.parent / state.form_file))
    except RecipeError:
        return say("The form {file} is not there any more", file=state.form_file)
    if there != state.form_sha:
        return say("The form {file} was changed since it was taken into the record", file=state.form_file)
    return None


def _changed_run(run: RunFacts, record: Path, form: Form) -> Message | None:
    """Return why a run is not the evidence that was laid, None where it is; a damaged one is not."""
    from shisaku.api.gating.facts import pinned

    place = record.parent / run.path
    if not place.is_dir():
        return say("{run} is not there any more", run=run.path)
    try:
        if pinned(place) != dict(run.files):
            return say("{run} was changed since it was laid", run=run.path)
        (again,) = facts_of([place], record, form)
    except MachineError:
        raise
    except ShisakuError as error:
        return say("{run} cannot be read any more: {cause}", run=run.path, cause=error.what)
    # A form that asks for another figure, or another version, reads more than was kept: lay the run again.
    if RunFacts.from_json(again) != run:
        return say("{run} says something else than the record keeps of it", run=run.path)
    return None


def _relative(path: Path, record: Path) -> str:
    """Return a path as the record keeps it, from its own folder: both can move together."""
    return Path(os.path.relpath(path.expanduser().resolve(), record.parent.resolve())).as_posix()
