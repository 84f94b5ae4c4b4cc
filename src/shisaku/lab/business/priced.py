"""A study in the money, risk and words of the people who decide, from what its run keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shisaku.core.kpi import Kpi
from shisaku.core.study_spec import StudySpec
from shisaku.core.verdict import Money, Verdict
from shisaku.lab.business.answered import Answered
from shisaku.lab.business.curves import cost_curves
from shisaku.lab.business.held import Held, held_of
from shisaku.lab.business.lines import money_line
from shisaku.lab.business.matrix import Matrix, shares_of
from shisaku.lab.business.measured import Grounds, change, level, told, told_level
from shisaku.lab.business.risk import risks
from shisaku.lab.business.translation import translated
from shisaku.lab.business.worth import worth
from shisaku.lab.rounds import alpha_of
from shisaku.stats.estimate import Floats
from shisaku.stats.expected_cost import best_constant

LEAST = 2  # splits, where splits are what an interval is made of


@dataclass(frozen=True, slots=True)
class Priced:
    """What is told of a study: its classes, which places of use are fixed test sets, its error and its seed."""

    classes: tuple[str, ...]
    fixed: frozenset[str]
    alpha: float
    seed: int


def told_of(spec: StudySpec, classes: Sequence[str]) -> Priced:
    """Return what is told of a study that was planned as `spec`."""
    fixed = frozenset(domain.name for domain in spec.domains if domain.kind == "external")
    return Priced(tuple(classes), fixed, alpha_of(spec), spec.split_seed)


def priced(
    kpi: Kpi, study: Priced, verdicts: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what every verdict means in costs, as plain data; empty where the costs ask for nothing beyond it.

    `verdicts` are those of one study as ``verdict.json`` holds them, `rows` its rows of ``class_scores``. Raises
    RecipeError for costs that name a class that the study has not.
    """
    if not kpi.asks_scores:
        return {}
    matrix, held = Matrix.of(kpi, study.classes), held_of(rows, study.classes)
    found = [_row(kpi, study, matrix, verdict, held) for verdict in verdicts]
    kept = [row for row in found if row]
    if not kept:
        return {}
    return {
        "currency": kpi.currency,
        "illustrative": kpi.illustrative,
        "items_per_year": kpi.items_per_year,
        "classes": list(study.classes),
        "actions": list(matrix.actions),
        "costs": [[cell.told() for cell in row] for row in matrix.cells],
        "shares_given": bool(kpi.prevalence),
        "rows": kept,
    }


def in_use(verdict: Verdict, business: Mapping[str, Any]) -> Verdict:
    """Return a verdict whose money is that of its costs in use, none where it is not known; as it is without them."""
    if not business:
        return verdict
    key = (verdict.domain, verdict.detail["shots"], verdict.arm)
    row: Mapping[str, Any] = next((r for r in business["rows"] if (r["domain"], r["shots"], r["arm"]) == key), {})
    found = row.get("yearly")
    if found is None:
        return replace(verdict, money=None)
    money = Money(found["low"], found["high"], business["currency"], business["illustrative"])
    return replace(verdict, money=money)


def _row(
    kpi: Kpi, study: Priced, matrix: Matrix, verdict: Mapping[str, Any], held: Mapping[Any, Sequence[Held]]
) -> dict[str, Any] | None:
    domain, shots = str(verdict["domain"]), int(verdict["detail"]["shots"])
    sides = [held.get((domain, shots, str(verdict[side])), ()) for side in ("arm", "comparator")]
    if not all(sides):
        return None
    shares, given = shares_of(kpi, study.classes, _counts(sides[0], len(study.classes)))
    arm, base = (Answered.of(side, matrix, shares) for side in sides)
    fixed = domain in study.fixed
    about: dict[str, Any] = {
        "domain": domain, "shots": shots, "arm": str(verdict["arm"]), "comparator": str(verdict["comparator"]),
        "decision": str(verdict["decision"]), "simulated": bool(verdict["simulated"]), "shares_given": given,
        "shares": shares.tolist(), "splits": len(arm.held),
    }  # fmt: skip
    if len(arm.held) < (1 if fixed else LEAST):
        return {**about, "untested": _untested(matrix, shares, sides[0])}
    detail = verdict["detail"]
    key = f"{domain}/{shots}/{verdict['arm']}"
    grounds = Grounds(fixed, float(detail["n_test"]), float(detail["n_train"]), study.alpha / 2, study.seed, key)
    costs = matrix.likely()
    saved = change(base, arm, costs, grounds)
    if saved is None:
        return {**about, "untested": []}
    row = {
        **about,
        "policies": dict(Counter(policy.kind for policy in arm.policies)),
        "unanswered": sum(int((~one.test.answered).sum()) for one in arm.held),
        "cost": told_level(level(arm, costs, grounds), costs, grounds.tail),
        "comparator_cost": told_level(level(base, costs, grounds), costs, grounds.tail),
        "saving": told(saved, grounds.tail),
        "yearly": _yearly(told(saved, grounds.tail, kpi.items_per_year), str(verdict["decision"])),
        "figures": translated(kpi, matrix, arm, base, grounds),
        "constant": _constant(matrix, shares),
        "cost_curve": cost_curves(matrix, kpi.positive or study.classes[0], arm, base, grounds),
        "worth": worth(kpi, matrix, arm, base, grounds, verdict["decision"]),
        "risk": {
            "arm": risks(kpi, matrix, arm, grounds.tail, study.seed),
            "comparator": risks(kpi, matrix, base, grounds.tail, study.seed),
        },
    }
    return {**row, "line": money_line(row, kpi).to_json()}


def _constant(matrix: Matrix, shares: Floats) -> dict[str, Any]:
    """Return the one action that is cheapest if it is taken for every item: what a model must beat."""
    action, cost = best_constant(matrix.likely(), shares)
    return {"action": matrix.actions[action], "cost": cost}


def _yearly(found: dict[str, Any] | None, decision: str) -> dict[str, Any] | None:
    """Return the yearly saving; under ABSTAIN its range contains no effect."""
    if found is None or decision != "ABSTAIN":
        return found
    return {**found, "low": min(found["low"], 0.0), "high": max(found["high"], 0.0)}


def _counts(held: Sequence[Held], classes: int) -> Floats:
    found: Floats = np.sum([np.bincount(one.test.truth, minlength=classes) for one in held], axis=0).astype(np.float64)
    return found


def _untested(matrix: Matrix, shares: Floats, held: Sequence[Held]) -> list[str]:
    """Return the classes in use of which some split tested no item: their cost is not known there."""
    least = np.min([np.bincount(one.test.truth, minlength=len(shares)) for one in held], axis=0)
    return [name for name, share, n in zip(matrix.classes, shares, least, strict=True) if share > 0 and n == 0]
