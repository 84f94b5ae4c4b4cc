"""The exchange rate: how many real items one made item is worth, and whether that is worth its price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.seed import rng_for
from shisaku.lab.beside.effects import Effects, amount
from shisaku.lab.contrast import families
from shisaku.message import Message, say
from shisaku.stats.exchange import Exchange, Overlap, Scores, exchange

APART = 2.0 * 1.02  # sizes further apart leave too much of the curve to the interpolation


def exchange_rates(effects: Effects) -> dict[str, Any] | None:
    """Return the rate of every arm with made and real items, by domain and number of shots; None without such arms.

    The curve it is read from is that of real items alone over all shots, and of the arms that had `more_real` of them.
    Its interval draws splits anew; for splits of one dataset it is widened for their overlap. On a fixed test set it
    holds for these test items.
    """
    spec = effects.bench.spec
    arms = [arm for arm in spec.arms if arm.stream and not arm.alone and spec.train == "real"]
    if not arms:
        return None
    why = _cannot(effects)
    if why is not None:
        return {"rows": [], "line": why.to_json()}
    rows = [
        _rate(effects, arm, domain, shots)
        for domain in spec.domains
        for arm in arms
        for shots in spec.shots
        if effects.sizes(arm.name, shots)[1] > 0
    ]
    line = say("Read from the scores of real items alone; what lies beyond the sizes measured is not made up.")
    if any(high > APART * low for (low, *_), (high, *_) in pairwise(_sizes(effects))):
        line = say("{line} Some sizes are more than twice the one before: between them the curve is not measured.",
                   line=line)  # fmt: skip
    return {"rows": rows, "line": line.to_json()}


def _cannot(effects: Effects) -> Message | None:
    if effects.real is None:
        return say("No exchange rate: the study has no arm of real items alone")
    if len(_sizes(effects)) < 2:
        return say(
            "No exchange rate: real items alone were measured at one size; add a number of `shots`, or an arm with "
            "`more_real`"
        )
    return None


def _sizes(effects: Effects) -> list[tuple[float, str, int]]:
    """Return (real items, arm, shots) of every size at which real items alone were measured, each size once."""
    spec, plain = effects.bench.spec, effects.real
    arms = [arm for arm in spec.arms if plain and replace(arm, name=plain.name, more_real=1) == plain]
    found: dict[int, tuple[float, str, int]] = {}
    for arm in sorted(arms, key=lambda arm: arm.more_real):
        for shots in spec.shots:
            n = effects.sizes(arm.name, shots)[0]
            found.setdefault(round(n), (n, arm.name, shots))
    return [found[n] for n in sorted(found) if n > 0]


def _rate(effects: Effects, arm: Arm, domain: Domain, shots: int) -> dict[str, Any]:
    spec, sizes = effects.bench.spec, _sizes(effects)
    n, m = effects.sizes(arm.name, shots)
    real = [[trial.arm(name).values[domain.name] for trial in effects.at(at)] for _, name, at in sizes]
    mixed = [trial.arm(arm.name).values[domain.name] for trial in effects.at(shots)]
    scores = Scores.of([size for size, *_ in sizes], np.array(real).T, mixed, n, m)
    overlap = None
    if domain.kind != "external":
        behind = [len(families(effects.bench, trial, domain)) for trial in effects.at(shots)]
        overlap = Overlap(float(np.mean(behind)), n)
    rng = rng_for(spec.split_seed, f"exchange {domain.name}", f"{arm.name}/{shots}")
    found = _rounded(exchange(scores, rng, overlap, level=1 - effects.alpha))
    about = {
        "domain": domain.name,
        "simulated": effects.simulated(domain),
        "arm": arm.name,
        "shots": shots,
        "n": n,
        "m": m,
        "sizes": [size for size, *_ in sizes],
        "n_eq": found.n_eq,
        "rate": found.rate,
        "low": found.low,
        "high": found.high,
        "above": found.above,
        "below": found.below,
        "splits": found.splits,
        "level": 1 - effects.alpha,
        "method": "bootstrap_over_splits" if overlap is None else "bootstrap_over_splits_corrected",
        "line": _line(arm.name, domain, shots, (n, m), found).to_json(),
    }
    return {**about, "break_even": break_even(found, spec.prices, spec.kpi.currency)}


def break_even(found: Exchange, prices: Mapping[str, float], currency: str) -> dict[str, Any] | None:
    """Return whether m made items cost less than the labels they stand for; None without the price of a label.

    Synthesis pays if m x price(made) < (n_eq - n) x price(label), that is up to a `price` of rate x price(label) for
    one made item. Without the price of a made item only that bound is given.
    """
    label, made = prices.get("label"), prices.get("made")
    if label is None:
        return None
    price, low, high = [None if end is None else end * label for end in (found.rate, found.low, found.high)]
    told: dict[str, Any] = {
        "interval": _between(low, high), "price": _number(price), "currency": currency,
    }  # fmt: skip
    if made is None:
        pays, line = None, say("A made item may cost up to {price} {currency} (interval: {interval})", **told)
    else:
        pays, line = _pays(made, low, high, told)
    return {
        "price": price, "low": low, "high": high, "made": made, "label": label, "currency": currency, "pays": pays,
        "line": line.to_json(),
    }  # fmt: skip


def _pays(made: float, low: float | None, high: float | None, told: dict[str, Any]) -> tuple[str, Message]:
    told = {**told, "made": made}
    if low is not None and low > made:
        return "shown", say(
            "Making pays: a made item costs {made:g} {currency} and may cost {price} (interval: {interval})", **told
        )
    if high is not None and high < made:
        return "shown_not", say(
            "Making does not pay: a made item costs {made:g} {currency} and may cost {price} (interval: {interval})",
            **told,
        )
    return "open", say(
        "Whether making pays is not shown: a made item costs {made:g} {currency} and may cost {price} (interval: "
        "{interval})",
        **told,
    )


def _line(arm: str, domain: Domain, shots: int, sizes: tuple[float, float], found: Exchange) -> Message:
    n, m = sizes
    values: dict[str, Any] = {
        "arm": arm, "domain": domain.name, "shots": amount(shots), "m": m,
        "interval": _between(found.low, found.high),
    }  # fmt: skip
    if found.n_eq is not None and found.rate is not None:
        return say(
            "{domain}, {shots}: the {m:.0f} items of {arm} are worth {more:+.0f} real ones, so one is worth {rate:.3g} "
            "real items (interval: {interval})",
            **values, more=found.n_eq - n, rate=found.rate,
        )  # fmt: skip
    if found.above is not None:
        return say(
            "{domain}, {shots}: on average, no amount of real data within the {size:.0f} items measured reaches {arm}; "
            "one made item is worth at least {least:.3g} real items (interval: {interval})",
            **values, size=found.above, least=(found.above - n) / m,
        )  # fmt: skip
    size = found.below or 0.0
    return say(
        "{domain}, {shots}: {arm} scores below the smallest amount of real data measured ({size:.0f} items); one made "
        "item is worth at most {most:.3g} real items (interval: {interval})",
        **values, size=size, most=(size - n) / m,
    )  # fmt: skip


def _between(low: float | None, high: float | None) -> Message:
    if low is None and high is None:
        return say("not known: beyond what was measured, or too few splits")
    if low is None:
        return say("up to {high}, the lower end beyond what was measured", high=_number(high))
    if high is None:
        return say("{low} and more, the upper end beyond what was measured", low=_number(low))
    return say("{low} to {high}", low=_number(low), high=_number(high))


def _number(value: float | None) -> Message | str:
    return say("not known") if value is None else f"{value:.3g}"


def _rounded(found: Exchange) -> Exchange:
    """Return the rate without the last digits, in which interpolation at a measured size leaves a trace."""
    cut = [None if x is None else round(x, 9) + 0.0 for x in (found.n_eq, found.rate, found.low, found.high)]
    return replace(found, n_eq=cut[0], rate=cut[1], low=cut[2], high=cut[3])
