"""What is behind the doors: the built-in ops, readers, writers and learners, and those of plugins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from shisaku.api.checkup.finding import Finding
from shisaku.message import say
from shisaku.registry.doors import LEARNERS, OPS, READERS, WRITERS

OWN = "shisaku"


def plugins() -> Iterator[Finding]:
    """Load everything behind every door; one that does not load, or a name offered twice, breaks its door."""
    seen: Counter[str] = Counter()
    for door in (OPS, READERS, WRITERS, LEARNERS):
        entries = list(entry_points(group=door))
        values: dict[str, set[str]] = {}
        for entry in entries:
            values.setdefault(entry.name, set()).add(entry.value)
        for entry in {(entry.name, entry.value): entry for entry in entries}.values():
            broken = _twice(entry) if len(values[entry.name]) > 1 else _broken(entry)
            if broken:
                yield broken
            else:
                seen[_distribution(entry)] += 1
    for name, n in sorted(seen.items()):
        yield Finding("plugins", name, "ok", say("{n} ops, readers, writers and learners", n=n))


def _broken(entry: EntryPoint) -> Finding | None:
    try:
        entry.load()
    except Exception as error:  # noqa: BLE001 the module of a plugin may raise anything
        owner = _distribution(entry)
        what = say("{name} of {package} does not load: {cause}", name=entry.name, package=owner, cause=str(error)[:200])
        mend = f"pip install --force-reinstall {owner}" if owner == OWN else f"pip uninstall {owner}"
        return Finding("plugins", entry.name, "missing", what, mend)
    return None


def _twice(entry: EntryPoint) -> Finding | None:
    owner = _distribution(entry)
    if owner == OWN:
        return None
    what = say("{package} offers {name}, which another package offers too", package=owner, name=entry.name)
    return Finding("plugins", entry.name, "missing", what, f"pip uninstall {owner}")


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "?"
