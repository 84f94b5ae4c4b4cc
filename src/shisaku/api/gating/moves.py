"""Stage gates: from PoC over fine-tuning and a pilot to scale, one stage at a time, on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shisaku.errors import RecipeError
from shisaku.message import say

Clock = Callable[[], datetime]


def utc() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def gate_init(
    form: str | Path, runs: Sequence[str | Path] = (), *, out: str | Path | None = None, clock: Clock = utc
) -> dict[str, Any]:
    """Begin the record of a form in the stage PoC, with runs as its evidence, and return where it stands.

    The record is written to `out`, or beside the form. Raises RecipeError with everything wrong in the form, or where
    there is a record already, DataError for a folder that is no run, MachineError.
    """
    from shisaku.api.gating.look import read_in
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told

    source, at = Path(form).expanduser(), clock()
    place = Path(out).expanduser() if out is not None else record_path(source)
    found = read_in(source, _paths(runs), place, at.date(), new=True)
    with writing(place, new=True) as held:
        held.add("form", at, **found.form_event)
        if found.facts:
            held.add("evidence", at, runs=found.facts)
        return told(held, at)


def gate_update(record: str | Path, runs: Sequence[str | Path] = (), *, clock: Clock = utc) -> dict[str, Any]:
    """Take the form as it is now, and runs (those of before, if none is given) as they are now, into the record.

    Raises RecipeError for a form that cannot take the place of the one on record, DataError, MachineError.
    """
    from shisaku.api.gating.look import read_in, run_places
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told
    from shisaku.lab.stages.fold import no_change

    at = clock()
    with writing(record_path(Path(record))) as held:
        file = held.path.parent / held.state.form_file
        found = read_in(file, _paths(runs) or run_places(held.state, held.path), held.path, at.date(), new=False)
        why = no_change(held.state, found.form)
        if why is not None:
            raise RecipeError(why, str(file), say("Put that back in the form, and call the same command again"))
        if found.form_event["sha256"] != held.state.form_sha:
            held.add("form", at, **found.form_event)
        if found.runs != held.state.runs:
            held.add("evidence", at, runs=found.facts)
        return told(held, at)


def gate_status(record: str | Path, *, head: str = "", clock: Clock = utc) -> dict[str, Any]:
    """Return where a record stands: its stage, what blocks the next one, and who must do what.

    A trigger that has crossed takes the stage back now. `head` is a hash that an earlier call gave, which must be in
    the record. Raises RecipeError, DataError, MachineError.
    """
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told

    with writing(record_path(Path(record))) as held:
        if not any(str(event["hash"]).startswith(head) for event in held.events):
            raise RecipeError(
                say("The record does not hold that event: events are missing, or it is another record"),
                str(held.path),
                say("Put the record back as it was; one that was changed opens no gate"),
            )
        return told(held, clock())


def gate_advance(record: str | Path, *, clock: Clock = utc) -> dict[str, Any]:
    """Go on to the next stage if everything that it asks for holds; `advanced` says whether it did.

    Raises RecipeError, DataError, MachineError.
    """
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.stand import stand
    from shisaku.api.gating.told import told
    from shisaku.lab.stages.stage import following

    at = clock()
    with writing(record_path(Path(record))) as held:
        found, stage = stand(held, at), held.state.stage
        if not found.open:
            return {**told(held, at, found), "advanced": False}
        shown = {one.criterion: [line.to_json() for line in one.shown] for one in found.outcomes}
        held.add("advanced", at, shown=shown, **{"from": stage, "to": following(stage)})
        return {**told(held, at), "advanced": True}


def gate_rollback(record: str | Path, to: str, why: str, *, name: str = "", clock: Clock = utc) -> dict[str, Any]:
    """Go back to an earlier stage, for the reason that `name` gives. Raises RecipeError, DataError, MachineError."""
    from shisaku.api.gating.record import record_path, writing
    from shisaku.api.gating.told import told
    from shisaku.lab.stages.stage import passed, stage_of

    at = clock()
    with writing(record_path(Path(record))) as held:
        stage, behind = held.state.stage, passed(held.state.stage)
        if stage_of(to) not in behind:
            raise RecipeError(
                say("There is no way back from {stage} to {to}", stage=stage, to=to),
                str(held.path),
                say("Stages behind it: {names}", names=", ".join(behind) or "-"),
            )
        if not why.strip():
            raise RecipeError(say("A rollback needs a reason"), str(held.path), say("Say it with --why"))
        told_why = [say("{cause}", cause=why).to_json()]
        held.add("rolled_back", at, why=told_why, triggers=[], name=name, **{"from": stage, "to": to})
        return told(held, at)


def _paths(runs: Sequence[str | Path]) -> list[Path]:
    return [Path(run).expanduser() for run in runs]
