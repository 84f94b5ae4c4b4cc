"""What the same money bought: new labels, corrected labels and made items side by side."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects, amount, interval, told
from shisaku.lab.purchase import bought
from shisaku.message import Message, say


def equal_money(effects: Effects) -> list[dict[str, Any]]:
    """Return the purchases by domain and number of shots: each one's gain over real items alone, and every pair.

    All intervals of one domain and number of shots hold together (Bonferroni). `asked` is what the budget buys, `got`
    what there was to buy: where it is less, the budget was not spent, and the line says so.
    """
    spec = effects.bench.spec
    arms = [arm for arm in spec.arms if arm.buy]
    return [_cell(effects, arms, domain, shots) for domain in spec.domains for shots in spec.shots if arms]


def _cell(effects: Effects, arms: list[Arm], domain: Domain, shots: int) -> dict[str, Any]:
    spec, against = effects.bench.spec, effects.against(shots)
    pairs = list(combinations(arms, 2))
    tail = effects.tail / (len(arms) + len(pairs))
    rows = [
        {**_bought(effects, arm, shots), "gain": told(effects.gain(arm.name, against, domain, shots), tail)}
        for arm in arms
    ]
    versus = [
        {"arm": a.name, "against": b.name, "gain": told(effects.gain(a.name, b.name, domain, shots), tail)}
        for a, b in pairs
    ]
    about: dict[str, Any] = {
        "domain": domain.name,
        "simulated": effects.simulated(domain),
        "shots": shots,
        "budget": spec.budget,
        "currency": spec.kpi.currency,
        "against": against,
        "splits": len(effects.at(shots)),
        "level": 1 - 2 * tail,
        "rows": rows,
        "pairs": versus,
    }
    return {**about, "line": _line(about).to_json()}


def _bought(effects: Effects, arm: Arm, shots: int) -> dict[str, Any]:
    asked, trials = bought(effects.bench.spec, arm), effects.at(shots)
    n_train, n_synthetic = effects.sizes(arm.name, shots)
    drawn = sum(len(trial.trained_on) for trial in trials) / len(trials)
    got = {"labels": n_train - drawn, "repairs": min(asked, n_train), "made": n_synthetic}[arm.buy]
    return {"arm": arm.name, "buys": arm.buy, "asked": asked, "got": got, "n": n_train, "n_synthetic": n_synthetic}


def _line(about: dict[str, Any]) -> Message:
    values: dict[str, Any] = {
        "domain": about["domain"], "shots": amount(about["shots"]), "budget": about["budget"],
        "currency": about["currency"],
    }  # fmt: skip
    better = [_better(pair) for pair in about["pairs"] if pair["gain"]["low"] > 0 or pair["gain"]["high"] < 0]
    helps = ", ".join(row["arm"] for row in about["rows"] if row["gain"]["low"] > 0)
    line = (
        say("{domain}, {shots}, {budget:g} {currency} each: shown to help: {arms}.", **values, arms=helps)
        if helps
        else say("{domain}, {shots}, {budget:g} {currency} each: no purchase is shown to help.", **values)
    )
    line = (
        say("{line} {pair}.", line=line, pair=better[0])
        if len(better) == 1
        else say("{line} {pair}; further pairs that differ: {more}.", line=line, pair=better[0], more=len(better) - 1)
        if better
        else say("{line} None is shown to be better than another.", line=line)
    )
    unspent = ", ".join(row["arm"] for row in about["rows"] if row["got"] < row["asked"] - 0.5)
    return (
        say("{line} There was less to buy than the budget pays for: {arms}.", line=line, arms=unspent)
        if unspent
        else line
    )


def _better(pair: dict[str, Any]) -> Message:
    gain = pair["gain"]
    if gain["low"] > 0:
        return say(
            "{arm} against {against}: {gain} points", arm=pair["arm"], against=pair["against"], gain=interval(gain)
        )
    turned = {"effect": -gain["effect"], "low": -gain["high"], "high": -gain["low"]}
    return say(
        "{arm} against {against}: {gain} points", arm=pair["against"], against=pair["arm"], gain=interval(turned)
    )
