"""All versions of a dataset written again without the targets."""

from __future__ import annotations

import shutil
from dataclasses import replace

from shisaku.core.progress import Progress
from shisaku.store.arrow import table_to_drops
from shisaku.store.atomic import disk_errors
from shisaku.store.blobs import REFS
from shisaku.store.forget.journal import Journal
from shisaku.store.forget.rest import Rest
from shisaku.store.forget.scrub import scrubbed
from shisaku.store.forget.targets import Targets
from shisaku.store.home import Home, Source, Version
from shisaku.store.home.columns import SCORE, Value
from shisaku.store.home.commit import write_drops, write_version
from shisaku.store.home.place import BLOBS
from shisaku.store.home.table import write_table


def to_rebuild(home: Home, targets: Targets) -> list[int]:
    """Return the versions from the first that holds a target on: later ones share files with it."""
    versions = home.versions()
    first = next((one.number for one in versions if _holds(home, one, targets)), None)
    return [one.number for one in versions if first is not None and one.number >= first]


def rebuild(home: Home, journal: Journal, progress: Progress) -> None:
    """Write the tables of all versions in the journal anew, oldest first, and remove the old ones."""
    every = list(journal.rebuild)
    for number in every:
        progress("forget versions", number - every[0], len(every))
        _rebuilt(home, home.version(number), journal)
        journal.rebuild.remove(number)
        journal.write()
    for version in home.versions():
        _scrub_version(home, version, journal.targets)
    _remove_blobs(home)


def _holds(home: Home, version: Version, targets: Targets) -> bool:
    dataset = home.dataset(version)
    rest = Rest(dataset, targets, "")
    return rest.digests() != dataset.digests()


def _rebuilt(home: Home, version: Version, journal: Journal) -> None:
    old = home.dataset(version)
    rest = Rest(old, journal.targets, journal.salt)
    parent = home.dataset(home.version(version.parent)) if version.parent else None
    stem, _, turn = version.table.partition("-")
    table = f"{stem}-{int(turn or 0) + 1}"
    _remove_table(home, table)
    names = [field.name for field in old.schema() if field.name.startswith(SCORE)]
    scores = {row.pop("id"): row for row in old.columns(["id", *names]) if row["id"] in rest.digests()} if names else {}
    columns = {name.removeprefix(SCORE): _column(scores, name) for name in names}
    lance_version = write_table(home, table, rest, parent, int(version.inline_mb * 1e6), columns)
    made = replace(
        version,
        table=table,
        lance_version=lance_version,
        fingerprint=rest.fingerprint,
        n=len(rest),
        forgotten=version.forgotten + version.n - len(rest),
    )
    write_version(home, made)
    _remove_table(home, version.table)


def _column(scores: dict[str, dict[str, Value]], name: str) -> dict[str, Value]:
    return {id_: row[name] for id_, row in scores.items() if row[name] is not None}


def _remove_table(home: Home, name: str) -> None:
    place = home.table(name)
    if place.exists():
        with disk_errors(place):
            shutil.rmtree(place)


def _scrub_version(home: Home, version: Version, targets: Targets) -> None:
    """Take the targets out of the drops and out of what is said about a version."""
    import pyarrow.parquet as pq

    made = version
    if version.drops:
        drops = table_to_drops(pq.read_table(home.drops_file(version.number)))
        kept = [one for one in drops if not (targets.is_one(one.sample) or targets.in_text(str(one.reason)))]
        if len(kept) < len(drops):
            write_drops(home, version.number, kept)
            made = replace(made, forgotten=made.forgotten + len(drops) - len(kept), dropped=len(kept))
    source = Source.from_json(scrubbed(version.source.to_json(), targets))
    message = scrubbed(version.message, targets)
    if (made, source, message) != (version, version.source, version.message):
        write_version(home, replace(made, source=source, message=message))


def _remove_blobs(home: Home) -> None:
    """Remove the media files that no row names any more."""
    named: set[str] = set()
    for version in home.versions():
        for row in home.dataset(version).columns([REFS]):
            named.update(ref for ref in row[REFS] or () if ref)
    folder = home.path / BLOBS
    with disk_errors(folder):
        for blob in folder.iterdir() if folder.is_dir() else ():
            if f"{BLOBS}/{blob.name}" not in named:
                blob.unlink()
