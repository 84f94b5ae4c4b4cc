"""Read costs from a file of their own: what a study has under `kpi`, for a run that is there already."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from shisaku.core.kpi import Kpi
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.registry.build import build_kpi
from shisaku.registry.check_kpi import kpi_findings
from shisaku.registry.complaints import complaints
from shisaku.registry.finding import problems_of
from shisaku.registry.schema import KpiShape
from shisaku.registry.yaml_tree import MAX_BYTES, compose

NEXT = say("docs/money.md says what can be written")


def load_kpi(path: Path) -> Kpi:
    """Return the costs in a YAML file. Raises RecipeError with every problem and its line, also for no such file."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(say("The costs cannot be read: {cause}", cause=str(error)), str(path), NEXT) from error
    tree = compose(raw, str(path))
    try:
        kpi = build_kpi(KpiShape.model_validate(tree.plain()))
        findings = list(kpi_findings(kpi, ()))
    except ValidationError as error:
        findings = complaints(error, KpiShape)
    if findings:
        what = say("The costs have {n} problem(s)", n=len(findings))
        raise RecipeError(what, str(path), NEXT, problems_of(findings, tree.place))
    return kpi
