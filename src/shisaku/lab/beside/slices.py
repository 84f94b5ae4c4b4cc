"""What a contrast does to parts of a test set: items that share the value of a fact (a camera, a line, a year)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shisaku.core.domain import Domain
from shisaku.lab.beside.effects import Effects, amount, interval, told
from shisaku.lab.contrast import Contrast, measure_pairs, opponent
from shisaku.lab.items import Index
from shisaku.lab.trial import ArmTrial, Trial
from shisaku.message import say

LEAST = 2  # splits, and groups of items


def slice_rows(effects: Effects, measured: Sequence[Contrast]) -> list[dict[str, Any]]:
    """Return the effect of every contrast on every slice of its test items, each with its interval and n.

    Intervals stand alone (no correction over slices: none of them decides). A slice with items in fewer than two
    splits, or in one group of a fixed test set, has no interval: `gain` is None. Items without it are in no slice.
    """
    bench = effects.bench
    found = []
    for contrast in measured:
        domain = bench.domain(contrast.domain)
        items, _ = bench.items(domain)
        for fact in bench.spec.slices:
            column = np.array(items.facts.get(fact, ("",) * len(items)))
            for value in sorted({*column.tolist()} - {""}):
                found += list(_row(effects, contrast, domain, fact, value, np.flatnonzero(column == value)))
    return found


def _row(
    effects: Effects, contrast: Contrast, domain: Domain, fact: str, value: str, rows: Index
) -> Iterator[dict[str, Any]]:
    bench, trials = effects.bench, effects.at(contrast.shots)
    held = [trial for trial in trials if np.isin(trial.tests[domain.name], rows).any()]
    if not held:
        return
    sides = (contrast.arm, opponent(bench.spec, contrast.arm, trials[0]))
    parts = [_only(effects, trial, sides, domain, rows) for trial in held]
    groups = {bench.items(domain)[0].groups[i] for i in rows}
    fixed = domain.kind == "external"
    gain = None
    if len(held) >= LEAST and (not fixed or len(groups) >= LEAST):
        new, base = ([part.arm(side) for part in parts] for side in sides)
        gain = told(measure_pairs(bench, parts, new, base, domain).estimate, effects.tail)
    n = float(np.mean([len(part.tests[domain.name]) for part in parts]))
    about: dict[str, Any] = {
        "arm": contrast.arm, "comparator": contrast.comparator, "domain": domain.name, "shots": contrast.shots,
        "fact": fact, "value": value, "n_test": n, "splits": len(held), "gain": gain,
    }  # fmt: skip
    words: dict[str, Any] = {
        "domain": domain.name, "shots": amount(contrast.shots), "fact": fact, "value": value, "arm": contrast.arm,
        "comparator": contrast.comparator, "n": n,
    }  # fmt: skip
    line = (
        say("{domain}, {shots}, {fact} {value}: {arm} against {comparator} {gain} points, {n:.0f} items",
            **words, gain=interval(gain))
        if gain
        else say("{domain}, {shots}, {fact} {value}: {n:.0f} items are too few for {arm} against {comparator}", **words)
    )  # fmt: skip
    yield {**about, "line": line.to_json()}


def _only(effects: Effects, trial: Trial, arms: Sequence[str], domain: Domain, rows: Index) -> Trial:
    """Return the trial as if only `rows` had been tested in the domain, by `arms` alone."""
    tested = np.array(trial.tests[domain.name])
    stay = np.flatnonzero(np.isin(tested, rows))
    truth = effects.bench.items(domain)[1][tested[stay]]

    def answered(codes: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(codes[i] for i in stay)

    def part(arm: ArmTrial) -> ArmTrial:
        every = [answered(codes) for codes in arm.every(domain.name)]
        value = float(np.mean([effects.bench.score(truth, np.array(codes)) for codes in every]))
        again = tuple({domain.name: codes} for codes in every[1:])
        return replace(arm, values={domain.name: value}, predicted={domain.name: every[0]}, again=again)

    return replace(
        trial,
        arms=tuple(part(trial.arm(name)) for name in dict.fromkeys(arms)),
        tests={domain.name: tuple(int(i) for i in tested[stay])},
    )
