"""Say what a finished run's answers are worth, at its own costs or at others: nothing is trained anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.kpi import Kpi
    from shisaku.core.study_spec import StudySpec


def worth(run: str | Path, *, costs: str | Path | None = None, study: str = "") -> dict[str, Any]:
    """Return the money, risk and shop-floor figures of every verdict of a run, as plain data under `studies`.

    `costs` is a YAML file that holds what a study has under `kpi`; without it the run's own costs hold. Actions are
    chosen anew on the validation scores that the run kept, for these costs. Raises DataError for a run that kept no
    class scores, RecipeError for a file of costs with a mistake in it, or a class that the study has not.
    """
    from shisaku.lab.business.priced import priced, told_of
    from shisaku.registry.load import load_recipe
    from shisaku.registry.load_kpi import load_kpi
    from shisaku.store.run import Run

    held = Run.open(run)
    recipe = load_recipe(held.path / "recipe.yaml")
    given = load_kpi(Path(costs)) if costs is not None else None
    classes = {one["name"]: one["detail"].get("classes", []) for one in held.read_json("studies")}
    verdicts = _by_study(held.read_json("verdict")["verdicts"])
    scores = _by_study({**row, "scores": json.loads(row["scores"])} for row in held.read_rows("class_scores"))
    found = []
    for spec in recipe.studies:
        if spec.name in scores and study in ("", spec.name):
            kpi = given or spec.kpi
            told = priced(kpi, told_of(spec, classes[spec.name]), verdicts.get(spec.name, []), scores[spec.name])
            found.append({"study": spec.name, **told})
    if not found:
        raise _nothing(held.path, recipe.studies, study, given)
    return {"run": str(held.path), "costs": str(costs) if costs is not None else None, "studies": found}


def _by_study(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["study"]), []).append(row)
    return found


def _nothing(path: Path, studies: Iterable[StudySpec], study: str, given: Kpi | None) -> DataError:
    names = [spec.name for spec in studies]
    if study and study not in names:
        return DataError(
            say("There is no study {name}", name=study), str(path), say("there is {known}", known=", ".join(names))
        )
    return DataError(
        say("This run kept no class scores, so its answers cannot be priced"),
        where=str(path),
        next=say(
            "Name `costs` or `positive` under `kpi` of the study, or give `shisaku prove` the file with --costs, and "
            "run it again: what was made is kept, models are trained anew"
        ),
    )
