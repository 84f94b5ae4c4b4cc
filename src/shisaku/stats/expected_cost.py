"""What answers cost where they are used: a matrix of costs, the shares of the classes in use, and the cheapest answer.

A cost matrix [classes, actions] says what an action costs for an item of a class. Actions are the answers, and may be
more (handing the item to a person is a column like any other). Adding a number to a row changes no decision, so no
cost need be below 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shisaku.stats.checked_input import (
    SHARES_OFF,
    Codes,
    checked_codes,
    checked_costs,
    checked_probabilities,
    checked_shares,
)
from shisaku.stats.estimate import Floats

TIE = 1e-12


def action_shares(truth: npt.ArrayLike, actions: npt.ArrayLike, classes: int, count: int) -> Floats:
    """Return P(action | class) [classes, count actions] as counted; NaN in the row of a class without items."""
    true, done = checked_codes(truth, classes, "class"), checked_codes(actions, count, "action")
    if len(true) != len(done):
        raise ValueError(f"needs an action per item, got {len(done)} for {len(true)}")
    counts = np.bincount(true * count + done, minlength=classes * count).reshape(classes, count).astype(np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    found: Floats = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return found


def expected_cost(shares: npt.ArrayLike, costs: npt.ArrayLike, prevalence: npt.ArrayLike) -> float:
    """Return the cost per item: the sum of P(class) P(action | class) cost[class, action].

    `prevalence` is P(class) in use, which the make-up of a test set does not tell (Elkan, IJCAI 2001:973). Raises
    ValueError where a class occurs in use and nothing is known of what is done with it.
    """
    table = checked_costs(costs)
    used, done = checked_shares(prevalence, len(table)), np.asarray(shares, dtype=np.float64)
    if done.shape != table.shape:
        raise ValueError(f"action shares {done.shape} do not fit costs {table.shape}")
    seen = used > 0
    if not np.isfinite(done[seen]).all():
        missing = int(np.flatnonzero(seen & ~np.isfinite(done).all(axis=1))[0])
        raise ValueError(f"class {missing} occurs in use, but no item of it was measured")
    if (done[seen] < 0).any() or (abs(done[seen].sum(axis=1) - 1) > SHARES_OFF).any():
        raise ValueError("the shares of the actions must be 0 or more and add up to 1 in every class")
    return float(used[seen] @ (done[seen] * table[seen]).sum(axis=1))


def item_costs(truth: npt.ArrayLike, actions: npt.ArrayLike, costs: npt.ArrayLike) -> Floats:
    """Return what each item cost, given its class and what was done with it."""
    table = checked_costs(costs)
    true, done = checked_codes(truth, len(table), "class"), checked_codes(actions, table.shape[1], "action")
    if len(true) != len(done):
        raise ValueError(f"needs an action per item, got {len(done)} for {len(true)}")
    found: Floats = table[true, done]
    return found


def action_costs(probabilities: npt.ArrayLike, costs: npt.ArrayLike) -> Floats:
    """Return what each action is expected to cost for each item [items, actions], of calibrated probabilities."""
    table = checked_costs(costs)
    found: Floats = checked_probabilities(probabilities, len(table)) @ table
    return found


def cheapest(probabilities: npt.ArrayLike, costs: npt.ArrayLike) -> Codes:
    """Return the action with the smallest expected cost for each item (Bayes' rule); of equal ones the first.

    With a column for review it is Chow's rule (`chow.review_band`).
    """
    expected = action_costs(probabilities, costs)
    least = expected.min(axis=1, keepdims=True)
    found: Codes = (expected <= least + TIE * expected.max(axis=1, keepdims=True)).argmax(axis=1)
    return found


def best_constant(costs: npt.ArrayLike, prevalence: npt.ArrayLike) -> tuple[int, float]:
    """Return the action that is cheapest if every item gets it, and its cost per item: what a model must beat."""
    table = checked_costs(costs)
    each = checked_shares(prevalence, len(table)) @ table
    return int(each.argmin()), float(each.min())
