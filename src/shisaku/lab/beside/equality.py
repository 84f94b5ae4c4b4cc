"""Tests beside the verdict: equality within a margin, signs of the differences, and discordant items split by split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from shisaku.core.domain import Domain
from shisaku.core.seed import rng_for
from shisaku.lab.beside.effects import POINTS, Effects, amount
from shisaku.lab.contrast import Contrast, opponent
from shisaku.lab.trial import Trial
from shisaku.message import say
from shisaku.stats.mcnemar import PairedProportions, paired_proportions
from shisaku.stats.signflip import sign_flip
from shisaku.stats.tost import tost


def further_tests(effects: Effects, measured: Sequence[Contrast]) -> list[dict[str, Any]]:
    """Return the tests of every contrast, domain and number of shots; none of them decides.

    ``tost``: equality within +-delta_gain, with the interval that decides at 90 % for alpha 0.05. ``sign_flip``: exact
    over splits (up to 16 of them), two-sided against 0; splits of one dataset overlap, so there its p is too small,
    like that of the plain paired t. ``mcnemar``: see `_mcnemar`.
    """
    bench = effects.bench
    return [_row(effects, contrast, bench.domain(contrast.domain)) for contrast in measured]


def _row(effects: Effects, contrast: Contrast, domain: Domain) -> dict[str, Any]:
    delta = domain.delta_gain
    found = tost(contrast.estimate, delta)
    equal = found.equivalent(effects.alpha)
    values: dict[str, Any] = {
        "arm": contrast.arm, "comparator": contrast.comparator, "domain": domain.name, "delta": POINTS * delta,
        "shots": amount(contrast.shots), "low": POINTS * contrast.estimate.low(effects.alpha),
        "high": POINTS * contrast.estimate.high(effects.alpha), "level": f"{100 * (1 - 2 * effects.alpha):.4g}",
    }  # fmt: skip
    line = (
        say(
            "{domain}, {shots}: {arm} and {comparator} are equal within {delta:g} points: shown ({level} % interval "
            "{low:+.1f} to {high:+.1f})",
            **values,
        )
        if equal
        else say(
            "{domain}, {shots}: {arm} and {comparator} are equal within {delta:g} points: not shown ({level} % "
            "interval {low:+.1f} to {high:+.1f})",
            **values,
        )
    )
    return {
        "arm": contrast.arm,
        "comparator": contrast.comparator,
        "domain": domain.name,
        "shots": contrast.shots,
        "splits": len(contrast.differences),
        "n_test": contrast.n_test,
        "tost": {"delta": delta, "p": found.p, "shown": equal, "method": contrast.estimate.method,
                 "level": 1 - 2 * effects.alpha, "low": contrast.estimate.low(effects.alpha),
                 "high": contrast.estimate.high(effects.alpha)},
        "sign_flip": _sign_flip(effects, contrast, domain),
        "plain_paired_t": contrast.beside["plain_paired_t"],
        "mcnemar": _mcnemar(effects, contrast, domain),
        "line": line.to_json(),
    }  # fmt: skip


def _sign_flip(effects: Effects, contrast: Contrast, domain: Domain) -> dict[str, Any]:
    rng = rng_for(effects.bench.spec.split_seed, f"signs {domain.name}", f"{contrast.arm}/{contrast.shots}")
    values = np.array(contrast.differences)
    above, below = sign_flip(values, rng), sign_flip(-values, rng)
    return {"p": min(1.0, 2 * min(above, below)), "n": len(values), "too_small": domain.kind != "external"}


def _mcnemar(effects: Effects, contrast: Contrast, domain: Domain) -> dict[str, Any]:
    """Return McNemar's test of equal accuracy in every split, with the median over the splits.

    Pooled over splits the same items would count many times. ``p`` is twice the median of the exact p: never too small,
    whatever the dependence of the splits (Rueschendorf, Advances in Applied Probability 14:623, 1982). It is about
    these trained models, and about accuracy whatever the study's metric. With several models per split the first one
    answers. Items that come in groups are not independent: then there is no test, and `why` says so.
    """
    bench = effects.bench
    items, codes = bench.items(domain)
    trials = effects.at(contrast.shots)
    for trial in trials:
        groups = [items.groups[row] for row in trial.tests[domain.name]]
        if len(set(groups)) < len(groups):
            why = say("test items come in groups and are not independent")
            return {"p": None, "why": why.to_json()}
    tables = [_table(trial, contrast.arm, opponent(bench.spec, contrast.arm, trial), domain, codes) for trial in trials]
    exact = [table.p_exact for table in tables]
    middle = float(np.median(exact))
    return {
        "p": min(1.0, 2 * middle),
        "p_median": middle,
        "p_least": min(exact),
        "only_new": float(np.mean([table.only_new for table in tables])),
        "only_base": float(np.mean([table.only_base for table in tables])),
        "n": float(np.mean([table.n for table in tables])),
        "difference": float(np.mean([table.mean for table in tables])),
    }


def _table(trial: Trial, arm: str, base: str, domain: Domain, codes: Any) -> PairedProportions:
    truth = codes[list(trial.tests[domain.name])]
    right = [np.array(trial.arm(name).predicted[domain.name]) == truth for name in (base, arm)]
    return paired_proportions(*right)
