"""How much of the scatter of a score comes from the data split, and how much from the random numbers of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects
from shisaku.lab.contrast import opponent
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.stats.variance_parts import variance_parts


def variance_rows(effects: Effects) -> list[dict[str, Any]]:
    """Return the parts for each contrast's difference, and for the scores of its two arms, with several models a split.

    A difference is taken model by model: the k-th of each arm had the same random numbers. An arm without training has
    one model, and is left out.
    """
    spec = effects.bench.spec
    if spec.inits < 2:
        return []
    rows = []
    for domain in spec.domains:
        for shots in spec.shots:
            trials = effects.at(shots)
            judged = [(name, opponent(spec, name, trials[0])) for name in spec.contrasts]
            told = [*judged, *((name, "") for name in dict.fromkeys(name for pair in judged for name in pair))]
            rows += [_row(effects, trials, domain, *names) for names in told if _has(trials, domain, *names)]
    return rows


def _has(trials: tuple[Trial, ...], domain: Domain, arm: str, against: str) -> bool:
    return all(domain.name in trial.arm(name).inits for trial in trials for name in (arm, against) if name)


def _row(effects: Effects, trials: tuple[Trial, ...], domain: Domain, arm: str, against: str) -> dict[str, Any]:
    table = np.array([trial.arm(arm).inits[domain.name] for trial in trials])
    if against:
        table = table - np.array([trial.arm(against).inits[domain.name] for trial in trials])
    level = 1 - effects.alpha
    parts = variance_parts(table, level)
    about: dict[str, Any] = {
        "domain": domain.name,
        "arm": arm,
        "against": against,
        "shots": trials[0].shots,
        "splits": parts.splits,
        "inits": parts.inits,
        "split": parts.split,
        "init": parts.init,
        "share": parts.share,
        "low": parts.interval[0],
        "high": parts.interval[1],
        "p": parts.p,
        "level": level,
        "method": "one_way_random_effects",
    }
    what = say("{arm} against {against}", arm=arm, against=against) if against else arm
    values: dict[str, Any] = {"domain": domain.name, "what": what}
    if parts.share is None:
        line = say("{domain}, {what}: nothing varied between splits or models", **values)
    elif parts.init == 0.0:
        line = say("{domain}, {what}: the models of a split were all the same; only the data split varies it", **values)
    else:
        line = say(
            "{domain}, {what}: {share:.0%} of the variance of one value comes from the data split ({low:.0%} to "
            "{high:.0%}), the rest from the random numbers of training",
            **values, share=parts.share, low=parts.interval[0], high=parts.interval[1],
        )  # fmt: skip
    return {**about, "line": line.to_json()}
