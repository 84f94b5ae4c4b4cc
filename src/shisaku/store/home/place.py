"""The folder of a dataset home: what lies where, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.atomic import write_bytes
from shisaku.store.home.version import Version
from shisaku.store.lance_table import LanceDataset
from shisaku.store.manifest import damaged, manifest_bytes, read_manifest

ABOUT, HEAD, LOCK = "shisaku-dataset.json", "HEAD", "home.lock"
VERSIONS, TABLES, BLOBS = "versions", "tables", "blobs"
FORMAT = "shisaku-dataset"


def is_home(path: Path) -> bool:
    """Say whether a dataset home is at `path`."""
    return (path / ABOUT).is_file()


@dataclass(frozen=True, slots=True)
class Home:
    """A dataset home at `path`. ``HEAD`` names the version in use and the latest one; it is what a commit changes last.

    Nothing outside the folder is referred to, so it may be moved or copied as a whole.
    """

    path: Path

    @classmethod
    def open(cls, path: Path | str) -> Home:
        """Open a home to read it. Raises DataError if there is none, MachineError if a newer shisaku wrote it."""
        home = cls(Path(path).expanduser())
        if read_manifest(home.path / ABOUT).get("format") != FORMAT:
            raise damaged(home.path, ABOUT)
        return home

    def head(self) -> tuple[int, int]:
        """Return (the version in use, the latest version). Raises DataError where nothing was committed yet."""
        if not (self.path / HEAD).is_file():
            raise DataError(
                say("There is no version of the dataset yet"),
                str(self.path),
                next=say("Ingest something with shisaku ingest PATH --out {out}", out=str(self.path)),
            )
        held = read_manifest(self.path / HEAD)
        return int(held["version"]), int(held["latest"])

    def latest(self) -> int:
        """Return the latest version's number, 0 where there is none."""
        return self.head()[1] if (self.path / HEAD).is_file() else 0

    def set_head(self, version: int, latest: int) -> None:
        """Make `version` the one in use; whatever happens meanwhile, the old HEAD or the new one is there."""
        write_bytes(self.path / HEAD, manifest_bytes({"version": version, "latest": latest}))

    def version(self, number: int | None = None) -> Version:
        """Read what is said about a version, by default the one in use. Raises DataError for an unknown one."""
        current, latest = self.head()
        wanted = current if number is None else number
        if not 1 <= wanted <= latest:
            raise DataError(
                say("There is no version {number}; the versions are 1 to {latest}", number=wanted, latest=latest),
                str(self.path),
            )
        try:
            return Version.from_json(read_manifest(self.version_file(wanted)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise damaged(self.version_file(wanted), repr(error)[:120]) from error

    def versions(self) -> list[Version]:
        """Return every version, oldest first."""
        return [self.version(number) for number in range(1, self.latest() + 1)]

    def dataset(self, version: Version) -> LanceDataset:
        """Open the samples of a version. Raises DataError if they are not those it was committed with."""
        found = LanceDataset(self.table(version.table))
        if found.fingerprint != version.fingerprint:
            raise damaged(found.path, f"version {version.number}")
        return found

    def version_file(self, number: int) -> Path:
        """Return the file that says what a version is."""
        return self.path / VERSIONS / f"{number:06d}.json"

    def drops_file(self, number: int) -> Path:
        """Return the Parquet file of what did not come into a version."""
        return self.path / VERSIONS / f"{number:06d}.drops.parquet"

    def table(self, name: str) -> Path:
        """Return the folder of a table. Raises DataError for a name that would lead elsewhere."""
        if Path(name).name != name or name in ("", ".", ".."):
            raise damaged(self.path, f"table {name[:40]}")
        return self.path / TABLES / name


def open_home(path: Path | str, version: int | None = None) -> LanceDataset:
    """Open the samples of a home, by default those of the version in use. Raises DataError, MachineError."""
    home = Home.open(path)
    return home.dataset(home.version(version))
