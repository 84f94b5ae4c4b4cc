"""The members of a tar one after the other, each checked: what could lead out of it or is no file is never opened."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from shisaku.message import Message, say
from shisaku.store.readers.inside import plain_name

BLOCK = tarfile.BLOCKSIZE
PIECE = 1 << 20
MEMBER_MB = 256  # as `Limits.file_mb`: what is larger would be refused by the decoder anyway


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a tar with its bytes, or why it is refused; `end` says that nothing can be read from here on."""

    name: str
    data: bytes = b""
    problem: Message | None = None
    end: bool = False


def tar_members(path: Path) -> Iterator[Member]:
    """Give every member of a tar in its order, folders aside, holding one at a time.

    Of a tar that is cut off or damaged the last one is a `Member` with `end` that says where; it has the name of the
    file that the cut goes through, or none if that is not known.
    """
    at, name = 0, ""
    try:
        with open(path, "rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            while (about := tar.next()) is not None:
                at, name = about.offset, plain_name(about.name)
                tar.members = []  # type: ignore[attr-defined]  # it would remember every member
                if not about.isdir():
                    yield _member(tar, about)
                at, name = tar.offset, ""
            # tarfile takes a cut header, or none, for the end of the archive; the real one is a block of zeros.
            file.seek(tar.offset)
            if file.read(BLOCK) != bytes(BLOCK):
                raise tarfile.ReadError("the end of the archive is missing")
            if any(any(piece) for piece in iter(lambda: file.read(PIECE), b"")):
                raise tarfile.ReadError("there is more behind the end of the archive")
    except (tarfile.TarError, OSError, EOFError, ValueError, UnicodeError) as error:
        cause = str(error)[:120]
        problem = say("The tar is cut off or damaged from byte {at} on: {cause}", at=at, cause=cause)
        yield Member(name, problem=problem, end=True)


def _member(tar: tarfile.TarFile, about: tarfile.TarInfo) -> Member:
    name = plain_name(about.name)
    path = PurePosixPath(name)
    windows = PureWindowsPath(name)
    if path.is_absolute() or windows.anchor or ".." in (*path.parts, *windows.parts):
        return Member(name, problem=say("{path} lies outside the folder", path=name))
    if about.issym() or about.islnk():
        return Member(name, problem=say("{name} is a link, and links in a tar are not followed", name=name))
    if not about.isreg() or about.issparse():
        return Member(name, problem=say("{name} is no plain file", name=name))
    if about.size > MEMBER_MB << 20:
        size, limit = about.size >> 20, MEMBER_MB
        return Member(name, problem=say("The file has {size} MB; the limit is {limit} MB", size=size, limit=limit))
    held = tar.extractfile(about)
    data = held.read() if held else b""
    if len(data) != about.size:
        raise tarfile.ReadError("unexpected end of data")
    return Member(name, data)
