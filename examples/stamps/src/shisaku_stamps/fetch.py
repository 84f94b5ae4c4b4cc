"""Get the two Debian packages that hold the pictures and recordings, without root and without installing anything.

They are downloaded with apt (private package lists), checked against their pinned SHA-256 and unpacked;
what the reader needs is kept in shisaku's cache, whole or not at all. On a
system without apt, or with other versions, unpack or install the packages yourself and name the folder
that has ``usr/share/...`` in it with `data_dir`; what is in it is then counted anew and the difference
said in notes.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError, MachineError, WeightsError
from shisaku.message import say
from shisaku.models.apt import download_deb
from shisaku.models.archives import unpack_deb
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.places import cache_dir
from shisaku_stamps.lists import backgrounds, cartoons, photos

STAMPS = Path("usr/share/tuxpaint/stamps")
CONTAINERS = Path("usr/share/gcompris-qt/rcc")
RECORDED = "_desc.ogg"  # the English description of a stamp read aloud; other languages have their code before the dot
KEPT = 2  # goes up when more of the packages is kept, so that an older cache is not taken for a whole one


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned Debian package: version and SHA-256 as in Debian 12."""

    name: str
    version: str
    sha256: str

    @property
    def copyright(self) -> Path:
        """Where it states its licences, below the folder it is unpacked in."""
        return Path("usr/share/doc") / self.name / "copyright"


TUXPAINT = Package(
    "tuxpaint-stamps-default",
    "2022.06.04-1",
    "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
)
GCOMPRIS = Package(
    "gcompris-qt-data",
    "3.1-2",
    "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
)


def home() -> Path:
    """Return the folder of the cache where these data live."""
    return cache_dir() / "stamps-data"


def is_here() -> bool:
    """Whether the packages are in the cache already."""
    return _root().is_dir()


def fetch(progress: Progress = silent) -> Path:
    """Return the folder with both packages' ``usr/share``, fetched and unpacked if it is not there yet.

    About 205 MB are downloaded and 60 MB kept. Raises MachineError (no network, no apt, disk full) or
    WeightsError (another file than the pinned one); nothing half remains then.
    """
    root = _root()
    if root.is_dir():
        return root
    try:
        with disk_errors(root), new_folder(root) as part:
            for done, package in enumerate((TUXPAINT, GCOMPRIS)):
                progress("fetching pictures", done, 2)
                _one_package(package, part)
            progress("fetching pictures", 2, 2)
    except WeightsError as error:
        raise MachineError(
            say("The pictures could not be fetched: {cause}", cause=str(error.what)),
            where=error.where,
            next=say("Check the network and apt, or get both packages elsewhere and give their folder with data_dir"),
        ) from error
    except MachineError:
        if not root.is_dir():  # otherwise another process was faster
            raise
    return root


def check_folder(root: Path) -> Path:
    """Return `root` if both packages' files are in it. Raises DataError that names what is missing."""
    for place in (STAMPS, CONTAINERS, TUXPAINT.copyright, GCOMPRIS.copyright):
        if not (root / place).exists():
            raise DataError(
                say("There is no {place} in the data folder", place=str(place)),
                where=str(root),
                next=say("Unpack {one} and {two} into one folder and name it", one=TUXPAINT.name, two=GCOMPRIS.name),
            )
    return root


def _root() -> Path:
    return home() / f"{TUXPAINT.name}_{TUXPAINT.version}+{GCOMPRIS.name}_{GCOMPRIS.version}-{KEPT}"


def _one_package(package: Package, part: Path) -> None:
    deb = download_deb(package.name, package.version, part / ".deb", package.sha256)
    unpacked = part / ".unpacked"
    unpack_deb(deb, unpacked)
    for path in sorted(unpacked.rglob("*")):
        inside = path.relative_to(unpacked)
        if path.is_file() and not path.is_symlink() and _wanted(inside):
            target = part / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    shutil.rmtree(unpacked)
    shutil.rmtree(deb.parent)


def _wanted(inside: Path) -> bool:
    if inside.is_relative_to(STAMPS):
        return inside.suffix in {".png", ".svg", ".txt"} or inside.name.endswith(RECORDED)
    if inside.is_relative_to(CONTAINERS):
        return inside.name in {picture.container for picture in (*photos(), *cartoons(), *backgrounds())}
    return any(fnmatchcase(str(inside), str(package.copyright)) for package in (TUXPAINT, GCOMPRIS))
