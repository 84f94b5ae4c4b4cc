"""The versions of a dataset: list, compare, look into, go back to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.sample import Part
    from shisaku.store.home import Home, Version

LISTED = 100
TEXT_CHARS = 400


def data_log(path: str | Path) -> dict[str, Any]:
    """Return every version, newest first, and which one is in use. Raises DataError, MachineError."""
    from shisaku.store.home import Home

    home = Home.open(path)
    current, latest = home.head()
    rows = [{**_told(version), "in_use": version.number == current} for version in reversed(home.versions())]
    return {"path": str(home.path), "version": current, "latest": latest, "versions": rows}


def data_diff(path: str | Path, old: int | None = None, new: int | None = None, listed: int = LISTED) -> dict[str, Any]:
    """Compare two versions by id (default: the one in use with its parent).

    Returns counts, the first `listed` ids that were added and removed, and of as many changed ones what changed.
    Raises DataError for a version that is not there.
    """
    from shisaku.store.home import Home
    from shisaku.store.home.diff import diff, what_changed

    home = Home.open(path)
    after = home.version(new)
    before = home.version(old if old is not None else _parent(home, after))
    one, other = home.dataset(before), home.dataset(after)
    found = diff(one, other)
    return {
        "path": str(home.path),
        "old": before.number,
        "new": after.number,
        "counts": {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)},
        "added": list(found.added[:listed]),
        "removed": list(found.removed[:listed]),
        "changed": dict(what_changed(one, other, found.changed[:listed])),
    }


def data_show(path: str | Path, sample: str = "", version: int | None = None) -> dict[str, Any]:
    """Return what a version holds, or everything about one sample but the content of its media.

    Raises DataError for a sample or version that is not there.
    """
    from shisaku.store.home import Home, read_scores
    from shisaku.store.home.summary import summary
    from shisaku.store.readers.record_json import to_json

    home = Home.open(path)
    about = home.version(version)
    dataset = home.dataset(about)
    if not sample:
        return {"path": str(home.path), **_told(about), **summary(dataset)}
    (found,) = dataset.take([sample])
    scores = {name: read_scores(home.path, name, about.number).get(sample) for name in about.scores}
    parts = {name: _shown(part) for name, part in found.parts.items()}
    described = {**to_json(found), "parts": parts, "digest": found.digest, "scores": scores}
    return {"path": str(home.path), "version": about.number, "sample": described}


def data_checkout(path: str | Path, version: int) -> dict[str, Any]:
    """Make a version the one in use; later ones stay. Raises DataError for a version that is not there."""
    from shisaku.store.home import writing

    if not (Path(path).expanduser()).is_dir():
        raise DataError(say("There is no dataset here"), str(path), next=say("Give a folder that shisaku wrote"))
    with writing(path) as home:
        about = home.version(version)
        home.set_head(about.number, home.latest())
    return {"path": str(home.path), **_told(about)}


def _parent(home: Home, version: Version) -> int:
    if not version.parent:
        raise DataError(
            say("Version {number} is the first; there is nothing before it", number=version.number),
            str(home.path),
            next=say("Name two versions to compare"),
        )
    return version.parent


def _told(version: Version) -> dict[str, Any]:
    held = version.to_json()
    source = held.pop("source")
    for name in ("why", "notes"):
        source[name] = [one.with_text() for one in getattr(version.source, name)]
    return {"version": held.pop("number"), **held, "source": source}


def _shown(part: Part) -> dict[str, Any]:
    about = {"kind": part.kind, "uri": part.uri, "lang": part.lang, "span": part.span, "clock": part.clock}
    text = part.data.decode(errors="replace")[:TEXT_CHARS] if part.kind in ("text", "table") else ""
    return {**about, "bytes": len(part.data), "digest": part.digest, **({"text": text} if text else {})}
