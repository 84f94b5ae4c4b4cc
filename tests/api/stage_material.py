"""Finished runs as a gate reads them, and a form that they satisfy, written down without cooking anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from shisaku.judging.bundle import sealed
from shisaku.store.run import Run

sys.path.append(str(Path(__file__).parents[1] / "lab"))
from stages_material import form as filled_in

WHEN = datetime(2027, 1, 15, 9, tzinfo=UTC)
RECIPE = """
schema: 1
name: parts
data: {reader: folder, with: {path: photos, licence: own}}
steps:
  - {name: restyled, op: image.restyle, from: data, rounds: 1}
  - {name: diversity, op: dataset.vendi, from: restyled, reference: data}
studies:
  - name: main
    label: class
    real: data
    feature: {op: image.embed}
    domains: [{name: line, kind: resplit}]
    primary: line
    arms: [{name: real}, {name: made, add: restyled}]
    contrasts: [made]
"""
Change = Callable[[dict[str, Any]], object]


def clock() -> datetime:
    return WHEN


def later(days: int) -> Callable[[], datetime]:
    return lambda: WHEN.replace(day=WHEN.day + days)


def form() -> dict[str, Any]:
    """The form of the tests of the machine, with what the runs below show and all triggers going back to the PoC."""
    told = filled_in()
    told["gates"]["diversity"] = [{"metric": "diversity", "least": 0.1}]
    for stage in told["stages"].values():
        stage["kpi"] = [{"figure": "gain", "least": 0.0}]
    sign = {"figure": "share", "owner": "Sato", "above": 0.2, "back_to": "poc"}
    told["watch"] = {name: dict(sign) for name in ("drift", "kpi", "safety")}
    return told


def write_form(folder: Path, change: Change | None = None) -> Path:
    told = form()
    if change:
        change(told)
    path = folder / "gate.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def make_run(
    root: Path, name: str, *, decision: str = "ADOPT", kind: str = "external", money: tuple[float, float] = (5e3, 9e3),
    illustrative: bool = False, state: str = "passed",
) -> Path:  # fmt: skip
    """A run whose study says `decision` on a domain of `kind`; its plan is its own."""
    run = Run.create(root / name, recipe_text=RECIPE, recipe_fingerprint=name)
    run.write_json("run", {"name": name, "preview": None})
    safety = {"low": -0.01, "high": 0.05, "shown": True, "harm_shown": False}
    overall = {"decision": decision, "ceiling": "ADOPT", "exploratory": False, "contrast": "made", "domain": "line",
               "shots": 0, "primary": decision, "safety": {"line": safety}}  # fmt: skip
    plan = {
        "hash": f"plan of {name}",
        "classes": ["bad", "good"],
        "settings": {"domains": [{"name": "line", "kind": kind}]},
    }
    detail = {"overall": overall, "rates": {"low": 1, "high": 2}}
    study = {"name": "main", "overall": decision, "alarms": [], "detail": detail, "plan": plan}
    run.write_json("studies", [study])
    verdict = {
        "study": "main", "domain": "line", "arm": "made", "decision": decision, "effect": 0.05,
        "interval": [0.03, 0.07], "n": 200, "simulated": False, "detail": {"shots": 0},
        "money": {"low": money[0], "high": money[1], "currency": "JPY", "illustrative": illustrative},
    }  # fmt: skip
    run.write_json("verdict", {"schema": 1, "overall": decision, "verdicts": [verdict]})
    diversity = {"step": "diversity", "name": "vendi", "value": 0.3, "low": 0.2, "high": 0.4, "n": 100}
    run.write_json("findings", [diversity])
    scores = [{"sample": str(i), "step": "label_errors", "value": 0.5, "issue": i == 0} for i in range(200)]
    run.write_rows("scores", scores)
    copies = {"step": "restyled.copies", "issues": 2, "n": 400, "share": 0.005, "low": 0.0006, "high": 0.018}
    vendi = {
        "judge": "varied",
        "name": "vendi",
        "step": "restyled.vendi",
        "value": 9.0,
        "low": 8.0,
        "high": 10.0,
        "n": 90,
    }
    bundle = sealed({"state": state, "stopped_by": [], "items": {"near_copy": copies}, "sets": [vendi]})
    (run.path / "evidence" / "restyled").mkdir(parents=True)
    (run.path / "evidence" / "restyled" / "bundle.json").write_text(json.dumps(bundle))
    run.finish("done")
    return run.path
