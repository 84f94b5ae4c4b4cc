"""Under which conditions made data are worth having, told of datasets that the rule never saw; or ABSTAIN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shisaku.lab.conditions.cells import Cell, in_order
from shisaku.lab.conditions.interval import bootstrap, by_dataset, t_interval
from shisaku.lab.conditions.rule import Rule, fit_rule
from shisaku.learn.one_thread import one_thread
from shisaku.message import Message, say
from shisaku.stats.estimate import Estimate

LEAST_DATASETS = 6
# Each end. In worlds at the margin, where no rule pays, 0.025 claimed one in 4.6 % of 1,000 worlds of six datasets and
# in 3.8 % of 600 of ten; 0.0125 in 2.7 % [1.8, 3.9] and 1.5 % [0.7, 2.8].
LEVEL = 0.0125
SEEN_LEVEL = 0.025
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))

Claim = Literal["RULE", "ABSTAIN"]


@dataclass(frozen=True, slots=True)
class Foretold:
    """A cell, what a rule that saw none of its dataset said of it (`chance`), and whether that rule adopts it."""

    cell: Cell
    chance: float
    adopted: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was found: `claim` with its `reason`, net gain per cell against never and against always adopting.

    `net` is the mean over datasets of the mean over their cells of ``effect - margin`` where the rule adopts and 0
    where it does not; ``always`` the same for adopting all. `above_always` is their difference. Intervals are 97.5 %,
    bootstrapped over datasets. `rule` is fitted to all cells, and there only with the claim RULE. `foretold` is in
    the neutral order of cells, `calibration` says what was predicted and what was seen.
    """

    claim: Claim
    reason: Message
    datasets: int
    net: Estimate | None
    always: Estimate | None
    above_always: Estimate | None
    adopted: int
    foretold: tuple[Foretold, ...]
    calibration: tuple[dict[str, Any], ...]
    rule: Rule | None

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "claim": self.claim,
            "reason": self.reason.to_json(),
            "text": str(self.reason),
            "datasets": self.datasets,
            "level": 100 * (1 - 2 * LEVEL),
            "net_gain": _plain(self.net),
            "always_adopt": _plain(self.always),
            "above_always": _plain(self.above_always),
            "adopted": self.adopted,
            "calibration": [dict(row) for row in self.calibration],
            "rule": self.rule.to_json() if self.rule else None,
        }


def find_conditions(cells: Sequence[Cell], seed: int = 0) -> Conditions:
    """Predict each dataset's cells from those of all other datasets, and ask whether adopting by it pays.

    The baseline is "always no": adopt nothing, and win nothing. The utility is the net gain per cell in metric units,
    what adopting wins beyond the margin that the plan declared worth having: it needs no cut of cells into helped and
    hurt, most of which are neither shown, and a wrong adoption costs what it costs. Claimed is a rule only when the
    lower end of the 97.5 % interval over datasets is above 0; under six datasets nothing is.
    """
    ordered = in_order(cells)
    names = sorted({cell.dataset for cell in ordered})
    if len(names) < LEAST_DATASETS:
        few = say(
            "ABSTAIN: conditions are learnt on some datasets and tested on others; {n} datasets are too few, {least} "
            "the least", n=len(names), least=LEAST_DATASETS,
        )  # fmt: skip
        return Conditions("ABSTAIN", few, len(names), None, None, None, 0, (), (), None)
    with one_thread():
        foretold = _held_out(ordered, names)
        chosen = {id(one.cell) for one in foretold if one.adopted}
        won = by_dataset(ordered, lambda cell: cell.worth if id(cell) in chosen else 0.0)
        every = by_dataset(ordered, lambda cell: cell.worth)
        net, always = bootstrap(won, seed), bootstrap(every, seed)
        above = bootstrap({name: won[name] - every[name] for name in names}, seed)
        shown = net.low(LEVEL) > 0
        reason = _reason(net, above, len(names), shown=shown)
        rule = fit_rule(ordered) if shown else None
    return Conditions(
        "RULE" if shown else "ABSTAIN", reason, len(names), net, always, above, len(chosen), tuple(foretold),
        tuple(_calibration(foretold)), rule,
    )  # fmt: skip


def applied(train: Sequence[Cell], test: Sequence[Cell]) -> list[Foretold]:
    """Return what a rule of the cells `train` says of the cells `test`."""
    rule = fit_rule(train)
    chances = rule.chances(test)
    told = zip(test, chances, rule.adopts(chances), strict=True)
    return [Foretold(cell, float(chance), bool(adopted)) for cell, chance, adopted in told]


def _held_out(cells: Sequence[Cell], names: Sequence[str]) -> list[Foretold]:
    found: dict[int, Foretold] = {}
    for name in names:
        mine = [cell for cell in cells if cell.dataset == name]
        others = [cell for cell in cells if cell.dataset != name]
        found |= {id(one.cell): one for one in applied(others, mine)}
    return [found[id(cell)] for cell in cells]


def _reason(net: Estimate, above: Estimate, n: int, *, shown: bool) -> Message:
    figures = {"net": 100 * net.mean, "low": 100 * net.low(LEVEL), "high": 100 * net.high(LEVEL), "n": n}
    if not shown:
        return say(
            "ABSTAIN: adopting by what is known before training is not shown to beat never adopting: {net:+.2f} points "
            "a cell [{low:+.2f}, {high:+.2f}] on {n} datasets, each held out whole", **figures,
        )  # fmt: skip
    if above.low(LEVEL) > 0:
        return say(
            "RULE: adopting by what is known before training wins {net:+.2f} points a cell [{low:+.2f}, {high:+.2f}] "
            "beyond the margin on {n} datasets, each held out whole, and more than always adopting", **figures,
        )  # fmt: skip
    return say(
        "RULE: adopting by what is known before training wins {net:+.2f} points a cell [{low:+.2f}, {high:+.2f}] "
        "beyond the margin on {n} datasets, each held out whole; that it wins more than always adopting is not shown",
        **figures,
    )


def _calibration(foretold: Sequence[Foretold]) -> list[dict[str, Any]]:
    """Return, by predicted chance, the share of cells that were worth having, with t over the datasets in it."""
    rows = []
    for low, high in BINS:
        mine = [one for one in foretold if low <= one.chance < high or (high == 1.0 and one.chance == 1.0)]
        if not mine:
            continue
        seen = by_dataset([one.cell for one in mine], lambda cell: float(cell.worth > 0))
        interval = t_interval(seen)
        # Datasets that all say the same leave t nothing to measure a spread by.
        bounded = interval if interval and interval.se > 0 else None
        rows.append({
            "from": low,
            "to": high,
            "cells": len(mine),
            "datasets": len(seen),
            "predicted": float(np.mean([one.chance for one in mine])),
            "seen": float(np.mean(list(seen.values()))),
            "low": max(0.0, bounded.low(SEEN_LEVEL)) if bounded else None,
            "high": min(1.0, bounded.high(SEEN_LEVEL)) if bounded else None,
        })  # fmt: skip
    return rows


def _plain(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"mean": estimate.mean, "low": estimate.low(LEVEL), "high": estimate.high(LEVEL)}
