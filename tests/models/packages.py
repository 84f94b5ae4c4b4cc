"""Small fake packages and a lock that pins them, so that the puller is tested without a network."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.lock import Archive, LockedModel, Member, Source, WeightFile


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel_bytes(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as wheel:
        for name, data in members.items():
            wheel.writestr(name, data)
    return out.getvalue()


def deb_bytes(folder: Path, members: Mapping[str, bytes]) -> bytes:
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    control = "Package: toy\nVersion: 1\nArchitecture: all\nMaintainer: toy <toy@example.org>\nDescription: toy\n"
    (tree / "DEBIAN/control").write_text(control)
    for name, data in members.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(data)
    subprocess.run(["dpkg-deb", "--build", str(tree), str(folder / "toy.deb")], check=True, capture_output=True)
    shutil.rmtree(tree)
    return (folder / "toy.deb").read_bytes()


def archive(name: str, data: bytes, registry: str = "pypi") -> Archive:
    ending = "whl" if registry == "pypi" else "deb"
    return Archive(name, registry, name, "1", f"{name}-1.{ending}", len(data), sha(data))


def weight(path: str, data: bytes, *sources: tuple[Archive, str]) -> WeightFile:
    return WeightFile(
        path, len(data), tuple(Source((Member(where, name, sha(data)),), sha(data)) for where, name in sources)
    )


def joined(path: str, *parts: tuple[Archive, str, bytes]) -> WeightFile:
    whole = b"".join(data for _, _, data in parts)
    members = tuple(Member(where, name, sha(data)) for where, name, data in parts)
    return WeightFile(path, len(whole), (Source(members, sha(whole)),))


def model(name: str, *files: WeightFile) -> LockedModel:
    return LockedModel(name, ("toy",), "toy", "a toy", "nothing", "MIT", "LICENSE", "", "", files)


@dataclass
class Registry:
    """Stands in for pip and apt: serves what it holds, remembers what it was asked for."""

    served: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def fetch(self, wanted: Archive, folder: Path) -> Path:
        self.asked.append(wanted.name)
        if wanted.name not in self.served:
            raise WeightsError(say("The registry cannot be reached"), where=wanted.name, next=say("Check the network"))
        target = folder / wanted.file
        target.write_bytes(self.served[wanted.name])
        return target
