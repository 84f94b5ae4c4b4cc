"""How many of each kind would have to be dropped, weighted or made for a set to have the shares that are wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind: how many there are, the share wanted, and the three ways to get there.

    `quota` is how many to keep, `weight` what each counts in training, `missing` how many to make if none is dropped.
    """

    n: int
    wanted: float
    quota: int
    weight: float
    missing: int


def rebalanced(counts: Mapping[str, int], wanted: Mapping[str, float]) -> dict[str, Cell]:
    """Return what to do with each kind; `wanted` are shares that add up to 1 (a kind that is not in it gets none).

    Quotas keep as many as can be kept with those shares, weights have the mean 1 over all items, and what is missing
    is counted for the smallest set with those shares that holds all there are. A wanted kind of which there is none
    is left out of quotas and weights, and cannot be mended but by making it.
    """
    total = sum(counts.values())
    there = {one: share for one, share in wanted.items() if share > 0 and counts.get(one, 0)}
    mass = sum(there.values())
    kept = min((counts[one] / share for one, share in there.items()), default=0.0)
    whole = max((counts[one] / share for one, share in there.items()), default=0.0)
    found = {}
    for one in sorted({*counts, *wanted}):
        n, share = counts.get(one, 0), wanted.get(one, 0.0)
        usable = one in there
        found[one] = Cell(
            n,
            share,
            math.floor(kept * share + 1e-9) if usable else 0,
            share / mass * total / n if usable else 0.0,
            max(0, math.ceil(whole * share - 1e-9) - n),
        )
    return found
