"""A bundle of evidence: all that judges said of one batch, with what they cannot see, under one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.recipe import Recipe
from shisaku.core.seed import key_for
from shisaku.judging.batch import Batch
from shisaku.judging.docs import limits_of
from shisaku.judging.learnt import learnt
from shisaku.judging.plan import looks_through
from shisaku.judging.seats import Judge
from shisaku.message import Message
from shisaku.registry.doors import op_class
from shisaku.registry.make import make_op
from shisaku.stats.proportions import clopper_pearson

SCHEMA = 1
FOLDER, FILE = "evidence", "bundle.json"  # of a run; of a batch in it
DRIFT = "drift.json"  # beside the batches
SHEET, WORST = 12, 5
DIGITS = 6  # what another machine may compute otherwise in the last digits is still the same evidence
HASH = "sha256"
TOLD = ("value", "low", "high", "n", "weight", "what", "next", "samples", "table")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """What cooking the judges left: scores and findings by step, each score by sample."""

    scores: Mapping[str, Mapping[str, Row]]
    findings: Mapping[str, Sequence[Row]]

    @classmethod
    def of(cls, scores: Sequence[Row], findings: Sequence[Row]) -> Tables:
        """Sort the rows of a run's tables by the step that said them."""
        by_step: dict[str, dict[str, Row]] = {}
        for row in scores:
            by_step.setdefault(str(row["step"]), {})[str(row["sample"])] = row
        found: dict[str, list[Row]] = {}
        for row in findings:
            found.setdefault(str(row["step"]), []).append(row)
        return cls(by_step, found)

    def among(self, step: str, ids: Sequence[str]) -> dict[str, Row]:
        """Return what a step said of these samples, in their order."""
        said = self.scores.get(step, {})
        return {id_: said[id_] for id_ in ids if id_ in said}


class Said(NamedTuple):
    """What reviewers said of samples, and which samples hang together."""

    marks: Mapping[str, bool]
    groups: Mapping[str, str]


def bundle_of(
    batch: Batch,
    judges: Sequence[Judge],
    recipe: Recipe,
    tables: Tables,
    ids: Sequence[str],
    *,
    run: str,
    drops: Sequence[Row],
    told: Sequence[Message],
    marks: Mapping[str, bool] | None = None,
    groups: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the bundle of one batch with the samples `ids`, hash not yet in it; `run` is the recipe's fingerprint.

    `marks` is what reviewers said of samples, `groups` which samples hang together, for the thresholds learnt of them.
    """
    ids = sorted(ids)
    said = Said(marks or {}, groups or {})
    items = {judge.name: item for judge in judges if (item := _item(judge, recipe, tables, ids, said))}
    sets = [row for judge in judges for row in _set(judge, recipe, tables)]
    spoke = [judge for judge in judges if judge.name in items or any(row["judge"] == judge.name for row in sets)]
    return {
        "schema": SCHEMA,
        "batch": batch.name,
        "recipe": run,
        "judges": fingerprint([[j.name, make_op(j.op, _params(j, recipe)).fingerprint] for j in spoke]),
        "made": len(ids),
        "real": list(batch.real),
        "items": items,
        "sets": sets,
        "marks": sum(id_ in said.marks for id_ in ids),
        "drops": list(drops),
        "limits": {op: limits_of(op) for op in sorted({judge.op for judge in spoke})},
        "not_judged_by": [one.with_text() for one in told],
        "sheet": sheet(ids, [tables.among(judge.step, ids) for judge in spoke], recipe.seed, batch.name),
    }


def sealed(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bundle, numbers rounded, with the SHA-256 of all the rest of it."""
    rest = {name: _rounded(value) for name, value in bundle.items() if name != HASH}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return {**rest, HASH: hashlib.sha256(text.encode()).hexdigest()}


def sheet(ids: Sequence[str], said: Sequence[Mapping[str, Row]], seed: int, batch: str) -> dict[str, list[str]]:
    """Return which samples a person should look at: some at random, by a key of the seed, and the worst.

    Worst is who is worst for any judge, by its place among that judge's scores: judges have different scales.
    """
    rank: dict[str, float] = {}
    for one in said:
        values = np.sort([float(row["value"]) for row in one.values()])
        for id_, row in one.items():
            place = float(np.searchsorted(values, float(row["value"]), side="right")) / len(values)
            rank[id_] = min(rank.get(id_, 1.0), place)
    drawn = sorted(ids, key=lambda id_: key_for(seed, "sheet", batch, id_))[:SHEET]
    return {"random": sorted(drawn), "worst": sorted(rank, key=lambda id_: (rank[id_], id_))[:SHEET]}


def _item(judge: Judge, recipe: Recipe, tables: Tables, ids: Sequence[str], said: Said) -> dict[str, Any] | None:
    rows = tables.among(judge.step, ids)
    if not rows:
        return None
    real = tables.scores.get(judge.twin, {})
    kin = set(getattr(op_class(judge.op), "shares_family_with", ())) & {step.op for step in recipe.steps}
    worst = sorted(rows, key=lambda id_: (float(rows[id_]["value"]), id_))[:WORST]
    return {
        "op": judge.op,
        "step": judge.step,
        "extractor": looks_through(judge, recipe),
        "of_one_family_with": sorted(kin),
        **_summary(rows),
        "real": _summary(real) if real else None,
        "learnt": learnt(_values(rows), _values(real), said.marks, said.groups, recipe.seed),
        "worst": [{"sample": id_, "score": rows[id_]["value"], "reason": _why(rows[id_])} for id_ in worst],
        "scores_sha256": _digest(rows),
    }


def _values(rows: Mapping[str, Row]) -> dict[str, float]:
    return {id_: float(row["value"]) for id_, row in rows.items()}


def _summary(rows: Mapping[str, Row]) -> dict[str, Any]:
    values = list(_values(rows).values())
    flags = [bool(row["issue"]) for row in rows.values() if row["issue"] is not None]
    tenth, median = np.quantile(values, (0.1, 0.5)).tolist()
    found: dict[str, Any] = {"n": len(values), "median": median, "tenth": tenth, "lowest": min(values)}
    if not flags:
        return {**found, "issues": None, "share": None, "low": None, "high": None}
    hits = sum(flags)
    low, high = clopper_pearson(hits, len(flags))
    return {**found, "issues": hits, "share": hits / len(flags), "low": low, "high": high}


def _set(judge: Judge, recipe: Recipe, tables: Tables) -> list[dict[str, Any]]:
    return [
        {
            "judge": judge.name,
            "name": row["name"],
            "op": judge.op,
            "step": judge.step,
            "extractor": looks_through(judge, recipe),
            **{key: row[key] for key in TOLD},
        }
        for row in tables.findings.get(judge.step, ())
    ]


def _params(judge: Judge, recipe: Recipe) -> Mapping[str, Any]:
    return next(step.params for step in recipe.steps if step.name == judge.step)


def _why(row: Row) -> str:
    return str(Message.from_json(json.loads(row["reason_json"]))) if row["reason_json"] else ""


def _digest(rows: Mapping[str, Row]) -> str:
    plain = _rounded([[id_, row["value"], row["issue"]] for id_, row in sorted(rows.items())])
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {str(name): _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
