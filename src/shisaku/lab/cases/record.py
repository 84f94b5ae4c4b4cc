"""From a run to its case records: one per verdict, and one for what never came to a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.core.identity import fingerprint
from shisaku.core.recipe import Recipe
from shisaku.errors import DataError, ShisakuError
from shisaku.lab.cases.grade import Evidence, grade
from shisaku.lab.conditions.sources import Sources
from shisaku.lab.ended_run import EndedRun

SCHEMA = 1
STOPPED, ERROR = "stopped", "error"


def record_of(run: EndedRun, recipe: Recipe | None = None, error: ShisakuError | None = None) -> dict[str, Any]:
    """Return what `run` showed as plain data: `cases`, one per verdict, with decision, effect, cost and evidence grade.

    A study that was stopped before it trained, and a run that an `error` ended, are cases too. Without its `recipe` the
    technique is not known. A preview is a look and no case. Equal evidence has an equal `id`, whenever it is recorded.
    """
    about = _json(run, "run") or {}
    cases: list[dict[str, Any]] = []
    if not about.get("preview"):
        cases = [case for study in _json(run, "studies") or [] for case in _of_study(run, study, about, recipe)]
        if error is not None:
            cases.append(_failed(run, about, recipe, error))
    return {
        "schema": SCHEMA,
        "run": str(run.path),
        "name": str(about.get("name", run.path.name)),
        "state": run.state,
        "cases": cases,
    }


def _of_study(
    run: EndedRun, study: Mapping[str, Any], about: Mapping[str, Any], recipe: Recipe | None
) -> Iterator[dict[str, Any]]:
    verdicts = [one for one in run.read_json("verdict")["verdicts"] if one["study"] == study["name"]]
    plan = study["plan"]
    sources = Sources({}, {}, frozenset(), ()) if recipe is None else Sources.of(recipe, run.read_rows("lineage"), ())
    shared = _shared(run, study, about, recipe, sources)
    arms = {str(arm["name"]): arm for arm in plan.get("settings", {}).get("arms", [])}
    for verdict in verdicts:
        arm: Mapping[str, Any] = arms.get(verdict["arm"], {})
        stream = arm.get("add") or arm.get("rows") or ""
        evidence = Evidence(
            planned=shared["planned"],
            exploratory=bool(verdict["exploratory"]),
            looks=int(plan.get("looks", {}).get("taken", 0)),
            simulated=bool(verdict["simulated"]),
        )
        low, high = verdict["interval"]
        case = {
            **shared,
            "arm": verdict["arm"],
            "comparator": verdict["comparator"],
            "domain": verdict["domain"],
            "shots": int(verdict["detail"].get("shots", 0)),
            "technique": sources.technique(stream) if recipe is not None and stream else "",
            "outcome": verdict["decision"],
            "effect": verdict["effect"],
            "low": low,
            "high": high,
            "level": verdict.get("level"),
            "method": verdict.get("method", ""),
            "n": verdict["n"],
            "seeds": verdict["seeds"],
            "simulated": bool(verdict["simulated"]),
            "money": verdict.get("money"),
            "reason": verdict.get("reason_message"),
        }
        yield _graded(case, evidence)
    if not verdicts:
        told = {**shared, "outcome": STOPPED, "reason": study["detail"]["overall"]["reason"]}
        yield _graded(told, Evidence(measured=False))


def _shared(
    run: EndedRun, study: Mapping[str, Any], about: Mapping[str, Any], recipe: Recipe | None, sources: Sources
) -> dict[str, Any]:
    """Return what all cases of a study have in common: task, data, modality, layer, cost."""
    plan, settings = study["plan"], study["plan"].get("settings", {})
    planned = about.get("planned", {}).get(study["name"], {})
    rows = study["detail"].get("costs", [])
    seconds = [float(row["seconds"]) for row in rows if row.get("seconds") is not None]
    kpi = settings.get("kpi") or {}
    ops = [str(view["op"]) for view in (settings.get("feature"), *(settings.get("views") or {}).values()) if view]
    return {
        "source": "run",
        "run": str(run.path),
        "name": str(about.get("name", run.path.name)),
        "study": study["name"],
        "date": str(planned.get("date", "")),
        "planned": str(planned.get("when", "")),
        "plan": str(plan.get("hash", "")),
        "data": str(plan.get("data", "")),
        "task": "retrieval" if settings.get("target") else "classification",
        "classes": len(plan.get("classes", ())),
        "metric": str(settings.get("metric", "")),
        "modality": sources.modality(ops, settings.get("real", ""), ()) if ops else "",
        "layer": _layer(recipe),
        "cost": {
            "seconds": round(sum(seconds), 1) if seconds else None,
            "budget": settings.get("budget") or None,
            "currency": str(kpi.get("currency", "")) if settings.get("budget") else "",
        },
        "alarms": sorted({str(alarm["code"]) for alarm in study.get("alarms", ())}),
    }


def _failed(
    run: EndedRun, about: Mapping[str, Any], recipe: Recipe | None, error: ShisakuError
) -> dict[str, Any]:  # fmt: skip
    told = {
        "source": "run",
        "run": str(run.path),
        "name": str(about.get("name", run.path.name)),
        "layer": _layer(recipe),
        "outcome": ERROR,
        "error": type(error).__name__,
        "reason": error.what.to_json(),
    }
    return _graded(told, Evidence(measured=False))


def _graded(case: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    letter, why = grade(evidence)
    known = {key: value for key, value in case.items() if key not in ("run", "date", "cost")}
    return {"id": fingerprint(known)[:12], **case, "grade": letter, "why": why.to_json()}


def _layer(recipe: Recipe | None) -> str:
    """Return the atlas layer of the data, where the recipe names a dataset of the atlas."""
    from shisaku.atlas.catalogue import find

    if recipe is None or not recipe.data.atlas:
        return ""
    try:
        return find(recipe.data.atlas).layer
    except DataError:
        return ""


def _json(run: EndedRun, name: str) -> Any:
    try:
        return run.read_json(name)
    except DataError:
        return None
