"""What a run shows that a gate asks for, read from its folder alone and pinned by the hashes of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.gating.judged import Judged, bounded, judged_facts
from shisaku.api.gating.study import study_facts
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.atomic import disk_errors

if TYPE_CHECKING:
    from shisaku.core.recipe import Recipe
    from shisaku.store.run import Run

PINNED = ("*.json", "*.parquet", "recipe.yaml", "evidence/*.json", "evidence/*/*.json")
DATA = ("path", "real", "synthetic", "own", "against")  # parameters of readers that say where data lie


def pinned(run: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a run that its figures come from. Raises MachineError."""
    with disk_errors(run):
        found = sorted({path for pattern in PINNED for path in run.glob(pattern) if path.is_file()})
        return {path.relative_to(run).as_posix(): _sha256(path) for path in found}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_facts(run: Run, path: str, asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the facts of a run, which the record calls `path`, in the plain form that a record keeps.

    `asked` are (document, place) of the figures that a form reads from the run's documents. Raises DataError for a run
    that cannot be read, RecipeError where its recipe needs what is not installed.
    """
    from shisaku.store.plain import plain

    try:
        found: dict[str, Any] = plain(_facts(run, path, asked))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        cause = f"{type(error).__name__} {error}"[:200]
        raise DataError(
            say("The run cannot be read as evidence: {cause}", cause=cause),
            str(run.path),
            say("Lay a run as shisaku wrote it; one that was changed or is damaged is no evidence"),
        ) from None
    return found


def _facts(run: Run, path: str, asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    about, recipe = run.read_json("run"), _recipe(run)
    studies, verdicts = _document(run, "studies") or [], (_document(run, "verdict") or {}).get("verdicts", [])
    labels = run.read_rows("per_class")
    judged = judged_facts(recipe, run) if recipe else Judged()
    return {
        "path": path,
        "files": pinned(run.path),
        "state": run.state,
        "preview": about.get("preview") is not None,
        "datasets": datasets_of(recipe) if recipe else [str(about.get("name") or run.path.name)],
        "batches": judged.states,
        "studies": [
            study_facts(one, verdicts, labels, made_for(recipe, one["name"]) if recipe else {}) for one in studies
        ],
        "findings": [*(_finding(row) for row in _document(run, "findings") or [] if bounded(row)), *judged.findings],
        "issues": [*_issues(run), *judged.issues],
        "figures": {f"{name}/{at}": row for name, at in asked if (row := _figure(run, name, at)) is not None},
    }


def _document(run: Run, name: str) -> Any:
    return run.read_json(name) if (run.path / f"{name}.json").is_file() else None


def _recipe(run: Run) -> Recipe | None:
    """Return the recipe of a run, None for one that only compared predictions."""
    from shisaku.registry.load import load_recipe
    from shisaku.store.run import RECIPE

    file = run.path / RECIPE
    return load_recipe(file) if file.is_file() and file.stat().st_size else None


def datasets_of(recipe: Recipe) -> list[str]:
    """Return the names of the data that came in: where they lie, else the reader that knows where."""
    places = [str(recipe.data.params[key]) for key in DATA if recipe.data.params.get(key)]
    return sorted({Path(place).name or place for place in places}) or [recipe.data.reader]


def made_for(recipe: Recipe, study: str) -> dict[str, str]:
    """Return what the arms of a study train on that was made, and the op that made it: none for what was brought."""
    from shisaku.api.quarantine import trained_on

    ops = {step.name: step.op for step in recipe.steps}
    return {name: ops.get(name, "") for spec in recipe.studies if spec.name == study
            for name in trained_on(spec, recipe)}  # fmt: skip


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row.get(key) for key in ("step", "name", "value", "low", "high", "n")}


def _issues(run: Run) -> Iterator[dict[str, Any]]:
    """Count the samples that each step measured, and those that it calls an issue."""
    scores = run.read_table("scores")
    if scores is None or not scores.num_rows:
        return
    import pyarrow as pa

    table = pa.table({"step": scores["step"], "hit": scores["issue"].fill_null(False).cast(pa.int64())})
    for row in table.group_by("step").aggregate([("hit", "sum"), ("hit", "count")]).sort_by("step").to_pylist():
        yield {"step": row["step"], "hits": row["hit_sum"], "n": row["hit_count"]}


def _figure(run: Run, document: str, at: str) -> Mapping[str, Any] | None:
    """Return what lies at a place of a document: keys, positions or names of a list's entries, parted by slashes."""
    here = _document(run, document)
    for word in at.split("/"):
        if isinstance(here, Mapping):
            here = here.get(word)
        elif isinstance(here, list):
            named = [one for one in here if isinstance(one, Mapping) and one.get("name") == word]
            here = named[0] if named else here[int(word)] if word.isdigit() and int(word) < len(here) else None
    if not isinstance(here, Mapping):
        return None
    told: Mapping[str, Any] = {"value": here.get("effect"), **here}  # studies call a value an effect
    return {key: told[key] for key in ("value", "low", "high", "n", "illustrative", "simulated") if key in told}
