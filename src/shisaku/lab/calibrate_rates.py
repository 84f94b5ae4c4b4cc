"""From what simulated worlds said to rates with exact intervals, and whether they are accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from shisaku.lab.calibrate_designs import Design
from shisaku.lab.calibrate_truth import Truth
from shisaku.lab.calibrate_world import Claim, Seen
from shisaku.message import Message, say
from shisaku.stats.proportions import clopper_pearson, upper_bound

LEAST_POWER = 0.75
NEITHER = 0.9  # a two-sided level: each end has one-sided error 5 %


def limit_of(alpha: float) -> float:
    """Return the largest upper bound of the false ADOPT rate that is accepted: 5 % where 2.5 % is nominal."""
    return alpha


def conclusive(n: int, alpha: float) -> bool:
    """Return whether `n` worlds can show it: with fewer even no false ADOPT leaves the bound above the limit."""
    return upper_bound(0, n) <= limit_of(alpha)


def criterion(n: int, alpha: float) -> Message:
    """Return what is accepted with `n` worlds."""
    if conclusive(n, alpha):
        return say("false ADOPT shown to be at most {limit:.0%}, power at least {power:.0%}",
                   limit=limit_of(alpha), power=LEAST_POWER)  # fmt: skip
    return say("too few worlds to show it: nothing contradicts {limit:.1%} false ADOPT and {power:.0%} power",
               limit=alpha / 2, power=LEAST_POWER)  # fmt: skip


def summary(design: Design, seen: Sequence[Seen], truth: Truth) -> dict[str, Any]:
    """Return a design's rates as plain data: accepted when every one of its claims is.

    ``false_adopt`` and ``power`` are judged, ``beside`` is not; ``effects`` compares the standard error that decides
    with the true spread of the estimates over worlds (`se_ratio`, above 1: too wide, the safe side).
    """
    n, alpha = len(seen), design.ground.spec.alpha
    false = [_rate(claim, sum(one.false[claim] for one in seen), n) for claim in seen[0].false]
    power = [_rate(claim, sum(one.shown[claim] for one in seen), n) for claim in seen[0].shown]
    enough = conclusive(n, alpha)
    for one in false:
        fewest = clopper_pearson(one["count"], n, NEITHER)[0]
        one["accepted"] = one["upper"] <= limit_of(alpha) if enough else fewest <= alpha / 2
    for one in power:
        most = one["rate"] if enough else clopper_pearson(one["count"], n, NEITHER)[1]
        one["accepted"] = most >= LEAST_POWER
    return {
        "worlds": n,
        "accepted": all(one["accepted"] for one in (*false, *power)),
        "criterion": criterion(n, alpha).to_json(),
        "false_adopt": false,
        "power": power,
        "beside": [_rate(claim, sum(one.beside[claim] for one in seen), n) for claim in seen[0].beside],
        "effects": [_effect(claim, seen, truth) for claim in seen[0].estimates],
        "design": {
            "splits": design.ground.spec.splits,
            "test_share": design.ground.spec.test_share,
            "alpha": alpha,
            "looks": len(design.studies()),
            "true_effect_worlds": truth.worlds,
        },
    }


def _rate(claim: Claim, count: int, n: int) -> dict[str, Any]:
    return {
        "claim": asdict(claim),
        "rate": count / n,
        "count": count,
        "interval": list(clopper_pearson(count, n)),
        "upper": upper_bound(count, n),
    }


def _effect(claim: Claim, seen: Sequence[Seen], truth: Truth) -> dict[str, Any]:
    means, errors = np.array([one.estimates[claim] for one in seen]).T
    spread = float(means.std(ddof=1)) if len(seen) > 1 else None
    key = (claim.arm, claim.shots)
    return {
        "arm": claim.arm,
        "domain": claim.domain,
        "shots": claim.shots,
        "true_effect": truth.effects[key],
        "true_effect_error": truth.errors[key],
        "sd_of_difference": truth.sds[claim.arm, claim.domain, claim.shots],
        "mean_estimate": float(means.mean()),
        "sd_of_estimate": spread,
        "se_ratio": float(np.mean(errors**2)) ** 0.5 / spread if spread else None,
        "methods": sorted({one.methods[claim] for one in seen}),
    }
