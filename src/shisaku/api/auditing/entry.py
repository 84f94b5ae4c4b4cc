"""``audit``: from a path to a finished audit."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shisaku.api.auditing.result import AuditResult, audit_result
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Source

if TYPE_CHECKING:
    from shisaku.auditing.detector import Level
    from shisaku.lab.harm import Harm
    from shisaku.store.readers.recognition import Layout


def audit(
    path: str | Path,
    *,
    level: Level = "standard",
    against: str | Path | None = None,
    profile: str | Path | None = None,
    out: str | Path | None = None,
    known_as: str = "",
    settings: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
    fix: str | Path | None = None,
    save_scores: bool = False,
    sensitivity: Harm | Literal[""] = "",
    label: str = "",
    seed: int = 0,
    workers: int = 2,
    progress: Progress = silent,
) -> AuditResult:
    """Look for everything that is known to go wrong in the data at `path` (any layout, or a dataset home).

    `level` quick looks at decoded files alone, standard adds features, labels and the first models, deep everything.
    `against` is another dataset that must share nothing with these data. `profile` is a file of detectors that adds
    to or replaces the built-in ones, thresholds included. The run folder `out` (default ``runs/audit-...``) holds
    every score, the recipe with every threshold and ``audit.html``.

    `fix` is a dataset home that gets a version without what the profile says to drop, with proposed labels and all
    scores as columns; where `path` is a home it may be that one: what is there stays as it is. `save_scores` adds the
    scores alone to the home at `path`. `sensitivity` (labels, duplicates, diversity) does that harm to training parts
    of the data at several rates and measures how the score of predicting `label` (needed where there are several)
    answers. Raises DataError, RecipeError, MachineError.
    """
    from shisaku.api.auditing.first_look import audit_quickly
    from shisaku.api.auditing.order import Order
    from shisaku.api.auditing.whole import audit_whole
    from shisaku.api.recognising import Wish, limits_of, recognised

    began = time.monotonic()
    wish = Wish(known_as, settings, limits)
    layout = recognised(Path(path).expanduser(), wish)
    source, reader = _source(layout, against)
    order = Order(
        Path(path),
        source,
        reader,
        limits_of(wish),
        level,
        against is not None,
        Path(profile) if profile else None,
        Path(out) if out else None,
        workers,
        seed,
        progress,
        sensitivity,
        label,
    )
    # Whatever needs features or another dataset needs the samples at hand; a first look stores none.
    run, found = audit_quickly(order) if level == "quick" and not (against or sensitivity) else audit_whole(order)
    result = audit_result(run, found, time.monotonic() - began)
    if save_scores:
        from shisaku.api.auditing.mending import scored

        result = replace(result, version=scored(result, Path(path)))
    if fix is not None:
        from shisaku.api.auditing.mending import mended

        result = replace(result, version=mended(result, layout, Path(fix), order))
    return result


def _source(layout: Layout, against: str | Path | None) -> tuple[Source, Any]:
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind

    params = {name: value for name, value in asdict(layout.reader).items() if value != ""}
    if against is None:
        return Source(layout.door, params), layout.reader
    beside = {"own": layout.door, "params": params, "against": str(Path(against).expanduser().resolve())}
    return Source("beside", beside), make_behind(READERS, "beside", beside)
