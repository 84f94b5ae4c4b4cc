"""What is left of each arm where a modality is missing, noisy or swapped: the mean of such places and the worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects, amount, interval, told_score
from shisaku.message import say
from shisaku.stats.resplit import nadeau_bengio


def robustness(effects: Effects) -> list[dict[str, Any]]:
    """Return, for every domain of which others are spoilt versions, each arm's score there, their mean and the worst.

    The mean is taken inside each split, so its interval (Nadeau-Bengio t) knows that the places share their items; of a
    fixed test set it has none. The worst place is the one with the lowest score, and a score chosen for being the
    lowest lies rather too low. Mean and worst are never one number.
    """
    spec = effects.bench.spec
    found = []
    for whole in spec.domains:
        same = [one for one in spec.domains if (one.kind, one.stream) == (whole.kind, whole.stream)]
        spoilt = [one for one in same if one.spoil]
        if whole.spoil or not spoilt or whole is not next(one for one in same if not one.spoil):
            continue
        for shots in spec.shots:
            found += [_row(effects, arm.name, whole, spoilt, shots) for arm in spec.arms]
    return found


def _row(effects: Effects, arm: str, whole: Domain, spoilt: Sequence[Domain], shots: int) -> dict[str, Any]:
    scores = {one.name: told_score(effects.score(arm, one, shots), effects.tail) for one in (whole, *spoilt)}
    worst = min((one.name for one in spoilt), key=lambda name: float(scores[name]["effect"]))
    mean = _mean(effects, arm, spoilt, shots)
    return {
        "domain": whole.name,
        "arm": arm,
        "shots": shots,
        "splits": len(effects.at(shots)),
        "n_test": float(np.mean([len(trial.tests[whole.name]) for trial in effects.at(shots)])),
        "whole": scores[whole.name],
        "spoilt": {one.name: scores[one.name] for one in spoilt},
        "mean": mean,
        "worst": {"domain": worst, **scores[worst]},
        "line": say(
            "{arm}, {shots}: {whole} points in {domain}, {mean:.1f} on average over {n} spoilt versions of it, {worst} "
            "in the worst, {place}",
            arm=arm, shots=amount(shots), domain=whole.name, whole=interval(scores[whole.name]),
            mean=100 * mean["effect"], n=len(spoilt), worst=interval(scores[worst]), place=worst,
        ).to_json(),
    }  # fmt: skip


def _mean(effects: Effects, arm: str, spoilt: Sequence[Domain], shots: int) -> dict[str, Any]:
    trials = effects.at(shots)
    values = [float(np.mean([trial.arm(arm).values[one.name] for one in spoilt])) for trial in trials]
    real, _ = effects.sizes(arm, shots)
    if not real or spoilt[0].kind == "external" or len(values) < 2:
        return {"effect": float(np.mean(values)), "low": None, "high": None}
    n_test = float(np.mean([len(trial.tests[spoilt[0].name]) for trial in trials]))
    return told_score(nadeau_bengio(values, n_test, real), effects.tail)
