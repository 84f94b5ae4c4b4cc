"""Fetching a .deb with apt but without root: private lists and cache, the system's sources and keys, no install."""

from __future__ import annotations

import tempfile
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.files import disk_errors, one_at_a_time, require_room, sha256_of
from shisaku.models.programs import download_failure, run_download
from shisaku.store.places import cache_dir

UPDATE_SECONDS = 300.0
DOWNLOAD_SECONDS = 1800.0
LISTS_BYTES = 100_000_000


def download_deb(package: str, version: str | None, dest: Path, sha256: str | None, root: Path | None = None) -> Path:
    """Download one Debian package into the folder `dest` and return its path; apt itself checks the signatures.

    `version` None takes the newest on offer; `sha256`, if given, must match. `root` holds the private
    package lists (default: in shisaku's cache), which are fetched when absent and refreshed once when
    they do not know the version. Raises WeightsError if apt is missing, offline, or offers another file.
    """
    home = root if root is not None else cache_dir() / "apt"
    with disk_errors(home):
        dest.mkdir(parents=True, exist_ok=True)
        for folder in ("lists/partial", "cache/archives/partial"):
            (home / folder).mkdir(parents=True, exist_ok=True)
    # apt refuses to touch lists that another apt is reading: two pulls of ours wait for each other
    with one_at_a_time(home), tempfile.TemporaryDirectory(dir=dest, prefix=".deb-") as work:
        found = _download_fresh(package, version, Path(work), home)
        with disk_errors(dest):
            if sha256 is not None and sha256_of(found) != sha256:
                raise WeightsError(
                    say("apt fetched another {file} than the pinned one: SHA-256 differs", file=found.name),
                    where=package,
                    next=say("Your apt sources serve another build of {package}", package=package),
                )
            return found.replace(dest / found.name)


def _download_fresh(package: str, version: str | None, folder: Path, home: Path) -> Path:
    fresh = not _has_lists(home)
    if fresh:
        _update(home)
    try:
        return _download(package, version, folder, home)
    except WeightsError:
        if fresh:
            raise
        _update(home)
        return _download(package, version, folder, home)


def _options(home: Path) -> list[str]:
    settings = {
        "Dir::State::Lists": home / "lists",
        "Dir::Cache": home / "cache",
        "Dir::State::status": "/var/lib/dpkg/status",
        # run as root, apt would drop to the user _apt, who may not write to our folders
        "APT::Sandbox::User": "root",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _update(home: Path) -> None:
    # apt hangs instead of failing when the disk fills up under its lists
    require_room(home, LISTS_BYTES)
    advice = say("Check the network and the apt sources of this machine (an ordinary `apt-get update` should work)")
    command = ["apt-get", *_options(home), "--quiet", "update"]
    output = run_download(command, "apt-get update", home, UPDATE_SECONDS, advice)
    # apt reports success when no list at all could be fetched
    if not _has_lists(home):
        raise download_failure(output, "apt-get update", home, advice)


def _has_lists(home: Path) -> bool:
    return any((home / "lists").glob("*Packages*"))


def _download(package: str, version: str | None, folder: Path, home: Path) -> Path:
    wanted = f"{package}={version}" if version else package
    advice = say(
        "Check the network; this machine's apt sources must offer {wanted}, as those of Debian 12 do", wanted=wanted
    )
    run_download(["apt-get", *_options(home), "--quiet", "download", wanted], wanted, folder, DOWNLOAD_SECONDS, advice)
    found = sorted(folder.glob("*.deb"))
    if len(found) != 1:
        raise WeightsError(say("apt did not leave a file for {wanted}", wanted=wanted), where=package, next=advice)
    return found[0]
