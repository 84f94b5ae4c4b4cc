"""Finding a model's files: pulled and pinned in the cache, or a folder (or program) of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.files import check_file, disk_errors, known_sha256
from shisaku.models.local import local_path, local_variable
from shisaku.models.lock import locked
from shisaku.store.places import weights_dir

PROGRAMS = "bin/"


@dataclass(frozen=True, slots=True)
class Weights:
    """The files of one model on disk; `local` means they are the user's own and no pinned hash was asked of them."""

    name: str
    folder: Path
    hashes: tuple[tuple[str, str], ...]  # (path below folder, SHA-256)
    local: bool

    @property
    def fingerprint(self) -> str:
        """Changes with the bytes of any file of the model."""
        return fingerprint(self.name, self.hashes)

    @property
    def label(self) -> str:
        """How a back end names its weights: the model, the start of the fingerprint, and if they are the user's own."""
        return f"{self.name}:{self.fingerprint[:8]}{' (local)' if self.local else ''}"

    def path(self, file: str) -> Path:
        """Return where a file of the model is."""
        return self.folder / file

    def read(self, file: str) -> bytes:
        """Return the bytes of a file. Raises MachineError if the disk does not give them."""
        with disk_errors(self.path(file)):
            return self.path(file).read_bytes()


def find_weights(name: str, local: Path | None = None) -> Weights:
    """Return the checked files of a model: from `local` or its variable if set, else the pinned ones in the cache.

    A program may be one file of the user's own. Raises WeightsError if a file is missing or, in the cache, is
    not the pinned one.
    """
    model = locked(name)
    own = local_path(name, local)
    if own is not None and own.is_file() and model.files[0].path.startswith(PROGRAMS):
        return Weights(name, own.parent, ((own.name, known_sha256(own)),), local=True)
    folder = own if own is not None else weights_dir() / name
    hashes = []
    for file in model.files:
        path = folder / file.path
        if own is None:
            check_file(path, file.accepted, name)
        elif not path.is_file():
            raise _not_local(name, path)
        hashes.append((file.path, known_sha256(path)))
    return Weights(name, folder, tuple(hashes), own is not None)


def _not_local(name: str, path: Path) -> WeightsError:
    return WeightsError(
        say("Your folder for {model} lacks the file {file}", model=name, file=path.name),
        where=str(path),
        next=say("Put it there, or unset {variable}", variable=local_variable(name)),
    )
