"""Layer ablation: general data alone, then the task's, then one's own, each step against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from shisaku.lab.beside.effects import Effects, amount, interval, listed, score_name, told
from shisaku.message import Message, say

BOTH = ("generalisation", "fit")
ALIKE = 0.02  # training sets that differ by more than this part are not of equal size


def layer_steps(effects: Effects) -> list[dict[str, Any]]:
    """Return every step from one layer to the next, by number of shots: its change in every domain, and the claim.

    "Raises both" is shown only if the lower bound is above 0 in a domain of generalisation and in one of fit, both arms
    having had as many items and steps. Both must hold, so the two need no correction; all steps, and the domains of one
    kind, share the error among them (Bonferroni); every number of shots is a claim of its own. Everything else is
    ABSTAIN with its reason.
    """
    spec = effects.bench.spec
    return [_step(effects, low, high, shots) for shots in spec.shots for low, high in pairwise(spec.layers)]


def _step(effects: Effects, before: str, after: str, shots: int) -> dict[str, Any]:
    spec = effects.bench.spec
    rows = []
    for domain in spec.domains:
        alike = sum(other.shows == domain.shows for other in spec.domains)
        tail = effects.tail / (len(spec.layers) - 1) / alike
        gain = effects.gain(after, before, domain, shots)
        rows.append({"domain": domain.name, "shows": domain.shows, "simulated": effects.simulated(domain),
                     "n_test": len(effects.at(shots)[0].tests[domain.name]), "gain": told(gain, tail)})  # fmt: skip
    sizes = {name: sum(effects.sizes(name, shots)) for name in (before, after)}
    steps = {name: _steps(effects, name, shots) for name in (before, after)}
    unequal = _unequal(before, after, sizes, steps)
    why = unequal or _missing(rows) or _not_shown(rows)
    values: dict[str, Any] = {"before": before, "after": after, "shots": amount(shots)}
    line = (
        say("{before} to {after}, {shots}: ABSTAIN, raising both is not shown: {why}", **values, why=why)
        if why
        else say("{before} to {after}, {shots}: raises both generalisation and fit", **values)
    )
    if any(row["simulated"] and row["shows"] in BOTH for row in rows):
        line = say("{line} (in part on simulated inputs)", line=line)
    return {
        "before": before,
        "after": after,
        "shots": shots,
        "splits": len(effects.at(shots)),
        "items": sizes,
        "steps": steps,
        "equal": unequal is None,
        "rows": rows,
        "decision": "ABSTAIN" if why else "SHOWN",
        "line": line.to_json(),
    }


def _steps(effects: Effects, arm: str, shots: int) -> list[int]:
    """Return the optimiser steps that the arm's models took at most, 0 for "until converged"; one where all agree."""
    fixed = effects.bench.learner.steps
    return sorted({int(trial.arm(arm).settings.get("steps", fixed)) for trial in effects.at(shots)})


def _unequal(before: str, after: str, sizes: dict[str, float], steps: dict[str, list[int]]) -> Message | None:
    low, high = sizes[before], sizes[after]
    if abs(high - low) > ALIKE * max(high, low):
        return say(
            "the two had different numbers of items ({before} {n:.0f}, {after} {m:.0f}), so more data could be the "
            "cause",
            before=before, n=low, after=after, m=high,
        )  # fmt: skip
    if steps[before] != steps[after]:
        return say("the two were trained for different numbers of steps, so longer training could be the cause")
    return None


def _missing(rows: Sequence[dict[str, Any]]) -> Message | None:
    absent = [score_name(which) for which in BOTH if which not in {row["shows"] for row in rows}]
    return say("no place of use shows {missing}", missing=listed(absent)) if absent else None


def _not_shown(rows: Sequence[dict[str, Any]]) -> Message | None:
    for which in BOTH:
        mine = [row for row in rows if row["shows"] == which]
        if not any(row["gain"]["low"] > 0 for row in mine):
            best = max(mine, key=lambda row: float(row["gain"]["low"]))
            return say("{which} changes by {gain} points at best ({domain})",
                       which=score_name(which), gain=interval(best["gain"]), domain=best["domain"])  # fmt: skip
    return None
