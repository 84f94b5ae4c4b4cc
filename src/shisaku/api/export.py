"""Make prototype data and hand it over as a plain folder."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe
from shisaku.core.sample import Part, Sample
from shisaku.errors import MachineError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.run import Run

SUFFIX = {"image": ".png", "audio": ".wav"}


def augment(
    source: str | Path, out: str | Path, *, preview: int | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Run the steps of a recipe (or of the first recipe for a folder) without studies, and export what was kept.

    `out` gets one file per image or sound in a sub-folder per label, and ``metadata.jsonl`` with ``file_name``,
    texts, labels, ``parent``, ``depth``, and what says how it was made (``made_by``, the IPTC digital source type of
    each part). Media carry that type inside, too (`shisaku.store.marks`). Made samples are never mixed with the
    real ones.
    Raises RecipeError, DataError, MachineError.
    """
    from shisaku.api.cooking import cook
    from shisaku.api.makers import child_makers
    from shisaku.api.rights import Declared
    from shisaku.store.run import Run

    target = Path(out)
    if target.exists() and any(target.iterdir()):
        raise MachineError(
            say("The folder to write to is not empty"), where=str(target), next=say("Give a new folder with --out")
        )
    recipe, base, label = _recipe_of(Path(source))
    with tempfile.TemporaryDirectory() as scratch:
        result = cook(
            replace(recipe, studies=()),
            base=base,
            out=Path(scratch) / "run",
            preview=preview,
            workers=2,
            progress=progress,
            on_estimate=None,
            declared=Declared(own_if_unsaid=not _is_recipe(Path(source))),
        )
        run = Run.open(result.path)
        kept = _kept(run, recipe)
        rows = [_write(sample, target, label) for sample in kept]
        counts = run.read_rows("counts")
    target.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (target / "metadata.jsonl").write_text(lines, encoding="utf-8")
    made = sum(row["made"] for row in counts if row["step"] in child_makers(recipe))
    return {"out": str(target), "made": made, "kept": len(kept), "dropped": made - len(kept), "label": label,
            "notes": [dict(note) for note in result.notes]}  # fmt: skip


def _is_recipe(source: Path) -> bool:
    return source.suffix in (".yaml", ".yml")


def _recipe_of(source: Path) -> tuple[Recipe, Path, str]:
    from shisaku.api.first_recipe import recipe_text
    from shisaku.registry.load import load_recipe, parse_recipe
    from shisaku.store.describe import describe

    if _is_recipe(source):
        recipe = load_recipe(source)
        return recipe, source.resolve().parent, recipe.studies[0].label if recipe.studies else ""
    seen = describe(source)
    return parse_recipe(recipe_text(seen, source.expanduser().resolve(), declare=False)), Path.cwd(), seen.label


def _kept(run: Run, recipe: Recipe) -> list[Sample]:
    """Return the made samples that survived: of every keep-rule, and of every maker that no keep-rule reads."""
    from shisaku.api.makers import child_makers

    ruled = {keep.source for keep in recipe.keep}
    names = [keep.name for keep in recipe.keep] + [name for name in child_makers(recipe) if name not in ruled]
    found = {sample.id: sample for name in names for sample in run.stream(name)}
    return [found[key] for key in sorted(found)]


def _write(sample: Sample, target: Path, label: str) -> dict[str, Any]:
    from shisaku.store.marks import MADE_BY, fact_of

    row: dict[str, Any] = {"id": sample.id, "parent": sample.parents[0], "depth": sample.depth, **sample.labels}
    folder = sample.labels.get(label, "") if label else ""
    for name, part in sorted(sample.parts.items()):
        if part.kind == "text":
            row[name] = part.text
        elif part.kind in SUFFIX:
            row["file_name"] = _write_media(sample, name, part, target, folder)
    traces = (MADE_BY, *(fact_of(name) for name in sample.parts))
    return {**row, **{name: sample.facts[name] for name in traces if name in sample.facts}}


def _write_media(sample: Sample, name: str, part: Part, target: Path, folder: str) -> str:
    from shisaku.core.identity import fingerprint
    from shisaku.store.marks import marked

    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in folder)[:60]
    place = Path(safe) / f"{fingerprint(sample.id, name)}{SUFFIX[part.kind]}"
    (target / place).parent.mkdir(parents=True, exist_ok=True)
    (target / place).write_bytes(marked(part, sample))
    return place.as_posix()
