"""Learning curves: the score of every arm by the number of real items, and its gain over real items alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects, interval, listed, score_name, told, told_score
from shisaku.message import Message, say

SHOWS = ("generalisation", "task", "fit")


def learning_curves(effects: Effects) -> dict[str, Any]:
    """Return one point per domain, arm and number of shots, `n` being the real items actually trained on.

    A score's interval is cut at 0 and 1. The gain is paired by split; that of what it is set against is None. Each
    interval stands alone at its level: a curve of many points has many chances to leave 0, so it decides nothing.
    """
    spec = effects.bench.spec
    points = [
        _point(effects, domain, arm.name, shots)
        for domain in spec.domains
        for arm in spec.arms
        for shots in spec.shots
    ]  # fmt: skip
    lines = [
        _line(name, domain, [p for p in points if (p["arm"], p["domain"]) == (name, domain.name)]).to_json()
        for domain in spec.domains
        for name in (spec.contrasts if len(spec.shots) > 1 else ())
    ]
    return {"points": points, "lines": lines}


def three_scores(curves: dict[str, Any], shots: int) -> dict[str, Any] | None:
    """Return the points at `shots` of the domains that say which score they are, by score; None where none says so."""
    kept = [point for point in curves["points"] if point["shows"] and point["shots"] == shots]
    if not kept:
        return None
    columns = ("shows", "domain", "arm", "score", "gain", "against", "n", "n_synthetic", "n_test", "splits")
    rows = [{name: point[name] for name in columns} for which in SHOWS for point in kept if point["shows"] == which]
    missing = [score_name(which) for which in SHOWS if which not in {row["shows"] for row in rows}]
    line = say("Generalisation, task and fit are three scores; no mean of them is taken.")
    if missing:
        line = say("{line} No place of use shows: {missing}.", line=line, missing=listed(missing))
    return {"shots": shots, "rows": rows, "line": line.to_json()}


def _point(effects: Effects, domain: Domain, arm: str, shots: int) -> dict[str, Any]:
    against, trials = effects.against(shots), effects.at(shots)
    n_train, n_synthetic = effects.sizes(arm, shots)
    return {
        "domain": domain.name,
        "shows": domain.shows,
        "simulated": effects.simulated(domain),
        "arm": arm,
        "shots": shots,
        "n": n_train,
        "n_synthetic": n_synthetic,
        "n_test": sum(len(trial.tests[domain.name]) for trial in trials) / len(trials),
        "splits": len(trials),
        "score": told_score(effects.score(arm, domain, shots), effects.tail),
        "against": against,
        "gain": None if arm == against else told(effects.gain(arm, against, domain, shots), effects.tail),
    }


def _line(arm: str, domain: Domain, points: Sequence[dict[str, Any]]) -> Message:
    ordered = sorted(points, key=lambda point: point["n"])
    first, last = ordered[0], ordered[-1]
    if first["gain"] is None or last["gain"] is None:
        return say("{arm} in {domain} is what gains are set against", arm=arm, domain=domain.name)
    values: dict[str, Any] = {
        "arm": arm, "domain": domain.name, "against": last["against"],
        "n": first["n"], "m": last["n"], "few": interval(first["gain"]), "many": interval(last["gain"]),
    }  # fmt: skip
    shown = [f"{point['n']:.0f}" for point in ordered if point["gain"]["low"] > 0]
    if not shown:
        return say(
            "{domain}: {arm} against {against}: {few} points with {n:.0f} real items, {many} with {m:.0f}; at no size "
            "is a gain shown",
            **values,
        )
    return say(
        "{domain}: {arm} against {against}: {few} points with {n:.0f} real items, {many} with {m:.0f}; each size "
        "alone, a gain is shown with {shown}",
        **values, shown=", ".join(shown),
    )  # fmt: skip
