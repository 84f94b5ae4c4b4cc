"""All datasets of the atlas: the built-in catalogue and the user's own entries, one JSON file each."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path

from shisaku.atlas.entry import LAYERS, Entry
from shisaku.atlas.tables import rows
from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.atomic import write_bytes
from shisaku.store.places import state_dir

FOLDER = "atlas"
MAX_BYTES = 1_000_000


@cache
def built_in() -> tuple[Entry, ...]:
    """Return the built-in catalogue, in its order."""
    return tuple(Entry.from_row(row) for row in rows("datasets"))


def own_entries() -> list[Entry]:
    """Return the user's own entries, by name. Raises DataError for a file that is no entry."""
    return sorted((_read(path) for path in _folder().glob("*.json")), key=lambda entry: entry.name.lower())


def entries() -> list[Entry]:
    """Return the user's own entries and the built-in catalogue."""
    return [*own_entries(), *built_in()]


def find(name: str) -> Entry:
    """Return the entry called `name` (case does not matter; a unique beginning is enough).

    Raises DataError with the nearest names.
    """
    wanted = name.strip().lower()
    held = entries()
    exact = [entry for entry in held if entry.name.lower() == wanted]
    begins = exact or [entry for entry in held if wanted and entry.name.lower().startswith(wanted)]
    if len(begins) == 1:
        return begins[0]
    from difflib import get_close_matches

    near = [entry.name for entry in begins] or get_close_matches(name, [entry.name for entry in held], 3, 0.4)
    look = say("Look with `shisaku atlas search`")
    raise DataError(
        say("The atlas has no single dataset {name}", name=name),
        next=say("Did you mean: {names}?", names=", ".join(near[:5])) if near else look,
    )


def add(entry: Entry, replace: bool = False) -> Path:
    """Keep an entry of the user's own; returns its file. Raises DataError for a name that is taken."""
    if not entry.name.strip() or (entry.layer and entry.layer not in LAYERS):
        raise DataError(
            say("An entry needs a name and one of the layers {layers}", layers=", ".join(LAYERS)), where=entry.name
        )
    path = _folder() / f"{_slug(entry.name)}.json"
    taken = any(other.name.lower() == entry.name.lower() for other in built_in())
    if taken or (path.exists() and not replace):
        advice = say("Give it another name") if taken else say("Give it another name, or replace it with --force")
        raise DataError(say("The atlas has a dataset of that name already"), where=entry.name, next=advice)
    held = {key: value for key, value in asdict(entry).items() if key != "own" and value}
    write_bytes(path, json.dumps({"schema": 1, **held}, ensure_ascii=False, indent=1).encode())
    return path


def _folder() -> Path:
    return state_dir() / FOLDER


def _read(path: Path) -> Entry:
    try:
        with path.open("rb") as file:
            held = json.loads(file.read(MAX_BYTES))
        return Entry.from_row({**held, "name": held["name"]}, own=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            say("This entry of the atlas cannot be read: {cause}", cause=str(error)),
            where=str(path),
            next=say("Correct or remove the file"),
        ) from error


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{plain or 'dataset'}-{fingerprint(name.lower())[:8]}"
