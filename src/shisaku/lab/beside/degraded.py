"""Degraded inputs: what the made data does at full quality and on its degraded twins, side by side, never averaged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects, amount, interval, told, told_score
from shisaku.lab.contrast import Contrast
from shisaku.message import say


def degraded_inputs(effects: Effects, measured: Sequence[Contrast]) -> list[dict[str, Any]]:
    """Return, for every domain with degraded twins, each contrast there and in every twin.

    The intervals are those of the method that decides, each alone at its level; whether the gain differs between two
    domains is not tested: look at the intervals.
    """
    spec = effects.bench.spec
    found = []
    for whole in spec.domains:
        twins = [domain for domain in spec.domains if domain.degrades == whole.name]
        for contrast in measured if twins else ():
            if contrast.domain == whole.name:
                found.append(_row(effects, contrast, whole, twins, measured))
    return found


def _row(
    effects: Effects, contrast: Contrast, whole: Domain, twins: Sequence[Domain], measured: Sequence[Contrast]
) -> dict[str, Any]:
    arm, shots = contrast.arm, contrast.shots
    rows: list[dict[str, Any]] = []
    for domain in (whole, *twins):
        (mine,) = (c for c in measured if (c.arm, c.domain, c.shots) == (arm, domain.name, shots))
        rows.append({
            "domain": domain.name,
            "degraded": domain is not whole,
            "simulated": effects.simulated(domain),
            "n_test": mine.n_test,
            "comparator": mine.comparator,
            "comparator_score": told_score(effects.score(mine.comparator, domain, shots), effects.tail),
            "score": told_score(effects.score(arm, domain, shots), effects.tail),
            "gain": told(mine.estimate, effects.tail),
        })  # fmt: skip
    lines = [
        say(
            "{arm}, {shots}: {full} points in {domain} (full quality), {less} in {twin} (degraded)",
            arm=arm, shots=amount(shots), domain=whole.name, twin=row["domain"],
            full=interval(rows[0]["gain"]), less=interval(row["gain"]),
        ).to_json()
        for row in rows[1:]
    ]  # fmt: skip
    return {"domain": whole.name, "arm": arm, "shots": shots, "splits": len(contrast.differences), "rows": rows,
            "lines": lines}  # fmt: skip
