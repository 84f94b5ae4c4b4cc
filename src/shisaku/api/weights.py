"""Model weights from a user's side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.core.progress import Progress, silent


def models_status() -> list[dict[str, Any]]:
    """Return one row per model: name, role, present, megabytes, licence and its evidence."""
    from shisaku.models.pull import status

    return [dict(row) for row in status()]


def models_pull(
    names: Sequence[str] | None = None, progress: Progress = silent, *, folder: str | Path | None = None
) -> list[dict[str, Any]]:
    """Bring weights (default: the lean set) into the cache, from their registries or from archives in `folder`.

    A file whose hash is not the pinned one is refused. Raises WeightsError or MachineError.
    """
    from shisaku.models.pull import fetch, fetch_from, lean_set, pull

    wanted = list(names) if names else lean_set()
    pull(wanted, progress, fetch=fetch if folder is None else fetch_from(Path(folder).expanduser()))
    return [row for row in models_status() if row["name"] in wanted]


def models_archives(names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the archives that weights (default: all) are taken from: registry, package, version, file, SHA-256."""
    from shisaku.models.pull import archives_of

    return [
        {
            "file": one.file,
            "registry": one.registry,
            "package": one.package,
            "version": one.version,
            "megabytes": one.bytes / 1e6,
            "sha256": one.sha256,
        }
        for one in archives_of(names)
    ]


def models_bench(progress: Progress = silent) -> list[dict[str, Any]]:
    """Time every embedded model on this machine; one row per model and role, with the problem where it has none."""
    from shisaku.models.bench import bench_all

    return [
        {
            "role": one.role,
            "model": one.name,
            "opening_s": one.opening,
            "per_second": one.per_second,
            "real_time": one.real_time,
            "problem": str(one.problem) if one.problem else "",
        }
        for one in bench_all(progress)
    ]


def models_check(progress: Progress = silent) -> list[dict[str, Any]]:
    """Give each model a known input; one row per model with ok and what was seen."""
    from shisaku.models.check import check_all

    return [{"name": row.name, "ok": row.ok, "what": str(row.what)} for row in check_all(progress)]
