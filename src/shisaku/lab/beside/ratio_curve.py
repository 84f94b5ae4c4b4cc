"""Ratio curves: the gain by how many made items there are for every real one, and from where on it is not shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import POINTS, Effects, amount, interval, told
from shisaku.lab.ratio_family import ratio_families
from shisaku.lab.trial import Trial
from shisaku.message import Message, say
from shisaku.stats.crossing import Crossing, crossing

SHORT = 0.99  # fewer made items than this part of what the ratio asks for: the stream ran out


def ratio_curves(effects: Effects) -> list[dict[str, Any]]:
    """Return one curve per family, domain and number of shots.

    Its intervals hold for all its ratios together (Bonferroni), so that the ratio where they stop being above 0 can be
    read off. The best ratio is the one with the highest mean score on validation; its gain is then measured on the
    test, where it had no part in the choice. Ratio 0 is real items alone, where there is such an arm.
    """
    spec = effects.bench.spec
    return [
        _curve(effects, family, domain, shots)
        for family in ratio_families(spec)
        for domain in spec.domains
        for shots in spec.shots
    ]


def _curve(effects: Effects, family: Sequence[Arm], domain: Domain, shots: int) -> dict[str, Any]:
    against, trials = effects.against(shots), effects.at(shots)
    tail = effects.tail / len(family)
    gains = [effects.gain(arm.name, against, domain, shots) for arm in family]
    points = [
        {**_made(effects, arm, shots), "gain": told(gain, tail), "rating": _rating(trials, arm.name)}
        for arm, gain in zip(family, gains, strict=True)
    ]
    found = crossing([(float(arm.ratio or 0), gain) for arm, gain in zip(family, gains, strict=True)], tail)
    best = _best(effects, points, trials)
    about: dict[str, Any] = {
        "domain": domain.name,
        "simulated": effects.simulated(domain),
        "shots": shots,
        "stream": family[0].stream,
        "against": against,
        "splits": len(trials),
        "level": 1 - 2 * tail,
        "points": points,
        "best": best,
        "last": found.last,
        "stops": found.stops,
        "gaps": list(found.gaps),
    }
    return {**about, "line": _line(about, found).to_json()}


def _made(effects: Effects, arm: Arm, shots: int) -> dict[str, Any]:
    n_train, n_synthetic = effects.sizes(arm.name, shots)
    drawn = float(np.mean([len(trial.trained_on) for trial in effects.at(shots)]))
    gated = arm.keep is not None or arm.random_keep is not None
    return {
        "arm": arm.name,
        "ratio": arm.ratio,
        "n": n_train,
        "n_synthetic": n_synthetic,
        "reached": n_synthetic / drawn,
        "ran_out": not gated and n_synthetic < SHORT * float(arm.ratio or 0) * drawn - 0.5,
    }


def _best(effects: Effects, points: Sequence[dict[str, Any]], trials: Sequence[Trial]) -> dict[str, Any] | None:
    ratings = {point["ratio"]: (point["rating"], point["arm"], point["gain"]) for point in points}
    if effects.real is not None:
        ratings = {0.0: (_rating(trials, effects.real.name), effects.real.name, None), **ratings}
    known = {ratio: found for ratio, found in ratings.items() if found[0] is not None}
    if not known:
        return None
    # Ties go to the smaller ratio: fewer made items for the same score.
    ratio = max(sorted(known), key=lambda one: round(known[one][0], 12))
    rating, arm, gain = known[ratio]
    return {"ratio": ratio, "arm": arm, "rating": rating, "gain": gain}


def _rating(trials: Sequence[Trial], arm: str) -> float | None:
    found = [trial.ratings[arm] for trial in trials if not math.isnan(trial.ratings.get(arm, math.nan))]
    return float(np.mean(found)) if found else None


def _line(about: dict[str, Any], found: Crossing) -> Message:
    values: dict[str, Any] = {
        "domain": about["domain"], "shots": amount(about["shots"]), "stream": about["stream"],
        "against": about["against"], "last": found.last, "stops": found.stops,
    }  # fmt: skip
    if found.last is None:
        told_ = say("{domain}, {shots}: at no ratio is {stream} shown to help over {against}.", **values)
    elif found.stops is None:
        told_ = say(
            "{domain}, {shots}: {stream} is still shown to help over {against} at {last:g} made items for each real "
            "one, the largest ratio measured.",
            **values,
        )
    else:
        told_ = say(
            "{domain}, {shots}: {stream} is shown to help over {against} up to {last:g} made items for each real one; "
            "from {stops:g} on it is not shown.",
            **values,
        )
    if about["best"]:
        told_ = _with_best(told_, about["best"])
    short = [f"{point['ratio']:g}" for point in about["points"] if point["ran_out"]]
    if short:
        told_ = say("{told} There were too few made items for {ratios}.", told=told_, ratios=", ".join(short))
    return told_


def _with_best(line: Message, best: dict[str, Any]) -> Message:
    score = POINTS * best["rating"]
    if best["gain"] is None:
        return say("{told} Best on validation: no made items ({score:.1f}).", told=line, score=score)
    return say(
        "{told} Best on validation: {ratio:g} ({score:.1f}); its change on the test is {gain} points.",
        told=line, ratio=best["ratio"], score=score, gain=interval(best["gain"]),
    )  # fmt: skip
