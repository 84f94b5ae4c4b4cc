"""Take the listed pictures out of GCompris' containers: only those, and under names of our own lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint, fingerprint_bytes
from shisaku.core.sample import UNKNOWN
from shisaku.store.atomic import disk_errors, new_folder
from shisaku_stamps import licences
from shisaku_stamps.containers import Container
from shisaku_stamps.fetch import CONTAINERS, GCOMPRIS, home
from shisaku_stamps.lists import Picture

INSIDE = "gcompris/src/activities/"


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture on disk and the licence that its package states for it (or unknown)."""

    picture: Picture
    path: Path
    licence: str


def take(root: Path, wanted: Sequence[Picture]) -> list[Taken]:
    """Return those of the `wanted` pictures that the containers below `root` hold, unpacked once into the cache.

    Where a container or a picture is not there (another version of the package), the caller sees what
    is absent. Raises DataError for a broken container, MachineError if the cache cannot be written.
    """
    names = sorted({p.container for p in wanted})
    held = {name: Container.open(root / CONTAINERS / name) for name in names if (root / CONTAINERS / name).is_file()}
    inside = {name: frozenset(box.names()) for name, box in held.items()}
    present = [p for p in wanted if INSIDE + p.file in inside.get(p.container, ())]
    folder = _unpacked(root, held, present)
    stated = _licences(root, held, present)
    return [Taken(p, folder / p.file, stated[p.file]) for p in present]


def _unpacked(root: Path, held: dict[str, Container], present: Sequence[Picture]) -> Path:
    key = fingerprint(
        {name: fingerprint_bytes((root / CONTAINERS / name).read_bytes()) for name in held},
        sorted(p.file for p in present),
    )
    folder = home() / f"pictures-{key}"
    if folder.is_dir():
        return folder
    with disk_errors(folder):
        try:
            with new_folder(folder) as part:
                for picture in present:
                    target = part / picture.file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(held[picture.container].read(INSIDE + picture.file))
        except FileExistsError:  # another process was faster, with the same content
            pass
    return folder


def _licences(root: Path, held: dict[str, Container], present: Sequence[Picture]) -> dict[str, str]:
    stated = (root / GCOMPRIS.copyright).read_text(encoding="utf-8", errors="replace")
    beside: dict[str, str] = {}
    for box in held.values():
        for readme in (name for name in box.names() if name.startswith(INSIDE) and name.endswith("/README")):
            folder = readme[len(INSIDE) :].removesuffix("README")
            listed = licences.beside(box.read(readme).decode("utf-8", errors="replace"))
            beside.update({folder + name: licence for name, licence in listed.items()})
    return {p.file: _licence(p, stated, beside) for p in present}


def _licence(picture: Picture, stated: str, beside: dict[str, str]) -> str:
    for name in (picture.file, picture.listed_as):
        if beside.get(name, UNKNOWN) != UNKNOWN:
            return beside[name]
    return licences.debian(stated, f"src/activities/{picture.file}")
