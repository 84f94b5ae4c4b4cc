"""What an arm is worth: yearly saving, net present value, payback, break-even, and what the answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shisaku.core.amount import Amount
from shisaku.core.kpi import Kpi
from shisaku.core.seed import rng_for
from shisaku.core.verdict import Decision
from shisaku.lab.business.answered import Answered
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.business.measured import Grounds, drawn_cells, per_item
from shisaku.stats.cash_flow import CashFlow, break_even_volume, chance_above
from shisaku.stats.drawn_amounts import drawn
from shisaku.stats.estimate import Floats
from shisaku.stats.tornado import tornado

DRAWS = 4000
ENDS = (0.025, 0.5, 0.975)  # of the effect, in the tornado
CELL = "{truth} answered as {action}"
EFFECT = "effect"


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Savings per item [draws], `likely` ones at the likely costs, with the investment and yearly costs beside them."""

    saved: Floats
    likely: Floats
    invested: Floats
    yearly: Floats

    def cash(self, kpi: Kpi) -> CashFlow:
        """Return the cash flow over the years of the costs."""
        net = self.saved * kpi.items_per_year - self.yearly
        return CashFlow.of(self.invested, np.repeat(net[:, None], kpi.years, axis=1), kpi.discount)


def worth(
    kpi: Kpi, matrix: Matrix, arm: Answered, base: Answered, grounds: Grounds, decision: Decision
) -> dict[str, Any]:
    """Return the money of an arm against its comparator, by Monte Carlo over the measured effect and unknown amounts.

    Under ABSTAIN no effect is a possibility that was not ruled out: every range then contains it, and there is no
    chance of a return, only what it would be if the measured effect were taken at its word.
    """
    rng = rng_for(grounds.seed, "worth", grounds.key)
    cells = drawn_cells(arm, base, grounds, rng, DRAWS)
    flow = Flow(
        -per_item(cells, _matrices(matrix, rng), arm.shares),
        -per_item(cells, matrix.likely(), arm.shares),
        _summed(kpi.investment, rng),
        _summed(kpi.yearly, rng),
    )
    cash, nothing = flow.cash(kpi), replace(flow, saved=np.zeros(DRAWS)).cash(kpi)
    open_ = decision == "ABSTAIN"
    tail = grounds.tail
    found: dict[str, Any] = {
        "years": kpi.years,
        "discount": kpi.discount,
        "draws": DRAWS,
        "level": 1 - 2 * tail,
        "npv": _range(cash.npv(), nothing.npv() if open_ else None, tail),
        "contains_no_effect": open_,
    }
    if kpi.investment:
        found |= _returned(kpi, flow, cash, nothing, open_, tail)
    return {**found, "tornado": _tornado(kpi, matrix, arm, base, flow)}


def _returned(kpi: Kpi, flow: Flow, cash: CashFlow, nothing: CashFlow, open_: bool, tail: float) -> dict[str, Any]:
    """Return what there is to say where something was invested; without an investment there is no return on it."""
    if not (flow.invested > 0).all():
        return {}
    back = np.nan_to_num(cash.payback(), nan=np.inf)
    middle = float(np.median(back))
    chance = chance_above(cash.roi())
    volume = break_even_volume(
        float(flow.invested.mean()), float(flow.saved.mean()), fixed=float(flow.yearly.mean()),
        interest=kpi.discount, periods=kpi.years,
    )  # fmt: skip
    measured = {"value": chance.value, "low": chance.low, "high": chance.high}
    return {
        "roi": _range(cash.roi(), nothing.roi() if open_ else None, tail),
        "payback_years": {
            "median": None if open_ or middle == np.inf else middle,
            "never": float(np.isinf(back).mean()),
        },
        "break_even_items_per_year": None if open_ else volume,
        "chance_of_return": None if open_ else measured,
        "chance_if_measured_effect_holds": measured,
    }


def _range(values: Floats, without: Floats | None, tail: float) -> dict[str, float]:
    low, middle, high = (float(x) for x in np.quantile(values, (tail, 0.5, 1 - tail)))
    if without is not None:
        no_effect = float(np.median(without))
        low, high = min(low, no_effect), max(high, no_effect)
        return {"low": low, "high": high, "no_effect": no_effect}
    return {"low": low, "median": middle, "high": high}


def _matrices(matrix: Matrix, rng: np.random.Generator) -> Floats:
    """Return [draws, K, A] cost matrices."""
    found = np.broadcast_to(matrix.likely(), (DRAWS, len(matrix.classes), len(matrix.actions))).copy()
    for i, j in matrix.unknown():
        found[:, i, j] = drawn(matrix.cells[i][j], rng, DRAWS)
    return found


def _summed(amounts: Mapping[str, Amount], rng: np.random.Generator) -> Floats:
    total = np.zeros(DRAWS)
    for name in sorted(amounts):
        total = total + drawn(amounts[name], rng, DRAWS)
    return total


def _tornado(kpi: Kpi, matrix: Matrix, arm: Answered, base: Answered, flow: Flow) -> list[dict[str, Any]]:
    """Return how far each unknown amount, and the uncertainty of the effect, moves the net present value."""
    change = (arm.cells() - base.cells()).mean(axis=0)
    likely = matrix.likely()
    effect = Amount.of(*np.quantile(flow.likely, ENDS).tolist())
    amounts: dict[str, Amount] = {EFFECT: effect, **kpi.investment, **kpi.yearly}
    cells = {CELL.format(truth=matrix.classes[i], action=matrix.actions[j]): (i, j) for i, j in matrix.unknown()}
    amounts |= {name: matrix.cells[i][j] for name, (i, j) in cells.items()}

    def value(told: Mapping[str, float]) -> float:
        costs = likely.copy()
        for name, (i, j) in cells.items():
            costs[i, j] = told[name]
        # What other costs change is added to what the effect alone says, so that each moves by itself.
        moved = float(-((change * (costs - likely)).sum(axis=1) @ arm.shares))
        saved = np.array([told[EFFECT] + moved])
        invested = np.array([sum(told[name] for name in kpi.investment)])
        yearly = np.array([sum(told[name] for name in kpi.yearly)])
        return float(Flow(saved, saved, invested, yearly).cash(kpi).npv()[0])

    _, swings = tornado(amounts, value)
    return [{"name": s.name, "npv_at_low": s.at_low, "npv_at_high": s.at_high, "turns": s.turns} for s in swings]
