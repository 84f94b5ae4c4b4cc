"""The record of a gate: one JSON file beside the form, events in their order, each with the hash of the one before.

Whoever may write the file can write all of it anew: the hashes show a change that somebody made by hand or by mistake,
not a forgery. What a forged record says must still be what the gates would have let through.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from shisaku.errors import DataError, RecipeError
from shisaku.guard.chain import Head, canonical, link
from shisaku.lab.stages.fold import after, fold
from shisaku.lab.stages.state import State
from shisaku.message import Message, say
from shisaku.store.atomic import disk_errors, write_bytes

SCHEMA: Final = 1
SUFFIX: Final = ".record.json"
LARGEST: Final = 64 * 1024 * 1024
CHAINED: Final = ("seq", "when", "prev", "hash")


def record_path(place: Path) -> Path:
    """Return the record that a form, or the record itself, names."""
    return place.with_suffix(SUFFIX) if place.suffix in (".yaml", ".yml") else place


class Record:
    """A record that is read and may be added to; only while `writing` holds the file for this process."""

    def __init__(self, path: Path, events: Sequence[Mapping[str, Any]], state: State | None, head: Head) -> None:
        self.path = path
        self.events = list(events)
        self.head = head
        self._state = state

    @property
    def state(self) -> State:
        """Where the events lead. Raises RecipeError for a record that does not exist yet."""
        if self._state is None:
            raise absent(self.path)
        return self._state

    def add(self, kind: str, when: datetime, **told: Any) -> None:
        """Append one event and write the file, whole or not at all.

        Raises DataError if no gate allows it: what the fold refuses is never written.
        """
        line, head = link({"kind": kind, **told}, self.head, when.isoformat(timespec="seconds"))
        event = json.loads(line)
        self._state = after(self._state, event)
        self.events.append(event)
        self.head = head
        write_bytes(self.path, _document(self.events, head))


def absent(path: Path) -> RecipeError:
    """Return the error of a record that is not there."""
    return RecipeError(say("There is no record here"), str(path), say("`shisaku gate init FORM RUN` begins one"))


@contextmanager
def writing(path: Path, *, new: bool = False) -> Iterator[Record]:
    """Give the record at `path` to this caller alone, waiting for others; a `new` one is empty.

    Raises RecipeError where there is no record or a new one would replace it, DataError for one that was changed or
    cannot be read, MachineError.
    """
    import fcntl

    if not new and not path.is_file():
        raise absent(path)

    # The lock is a file of its own: the record is replaced by every write, and with it a lock on it.
    lock = path.with_name(f".{path.name}.lock")
    with disk_errors(path):
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("w")
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if new and path.exists():
            raise RecipeError(
                say("There is a record already"), str(path), say("`shisaku gate update` takes in a form or runs")
            )
        yield Record(path, (), None, Head()) if new else _read(path)


def _read(path: Path) -> Record:
    try:
        with disk_errors(path), path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        document = json.loads(raw)
        schema, events, told = document["schema"], document["events"], document["head"]
        if schema != SCHEMA or set(document) != {"schema", "head", "events"}:
            raise ValueError(f"schema {schema}")
        wanted = Head(int(told["records"]), str(told["hash"]))
        head = Head()
        for event in events:
            head = _follows(path, event, head)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path, say("it cannot be read: {cause}", cause=str(error)[:200])) from None
    if head != wanted:
        raise _damaged(path, say("events are missing at its end"))
    try:
        return Record(path, events, fold(events), head)
    except DataError as error:
        raise DataError(error.what, str(path), error.next) from None


def _follows(path: Path, event: Any, head: Head) -> Head:
    """Return the head after an event, which must be what `link` would have made of it."""
    if isinstance(event, dict) and all(key in event for key in CHAINED):
        told = {key: value for key, value in event.items() if key not in CHAINED}
        line, made = link(told, head, str(event["when"]))
        if canonical(event) == line[:-1]:
            return made
    raise _damaged(path, say("event {n} is not what was written", n=head.records + 1))


def _document(events: Sequence[Mapping[str, Any]], head: Head) -> bytes:
    """Return the file: one event a line, so that a difference between two versions can be read."""
    lines = b",\n".join(canonical(event) for event in events)
    told = canonical({"records": head.records, "hash": head.hash})
    return b'{"schema": %d, "head": %s, "events": [\n%s\n]}\n' % (SCHEMA, told, lines)


def _damaged(path: Path, why: Message) -> DataError:
    return DataError(
        say("The record was changed or is damaged: {why}", why=why),
        where=str(path),
        next=say("Put the record back as it was; one that was changed opens no gate"),
    )
