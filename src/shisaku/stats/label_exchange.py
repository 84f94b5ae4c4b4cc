"""Whether what bears one label is shown to be, wholly or in part, what others call another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LEVEL = 0.001
CLEARLY = 0.05  # for what is no proof by itself but a condition
MANY = 0.15  # of the bearers, for an answer that no label of the set names


class Exchange(NamedTuple):
    """What `label` stands for by the answers; `absent` if no item bears that answer as its label."""

    label: str
    answer: str
    absent: bool


def label_exchange(labels: Sequence[str], answers: Sequence[str], level: float = LEVEL) -> list[Exchange]:
    """Return which labels stand for which answers, of n items with a label and somebody's answer each.

    That a label c stands for c' is said by exact tests. The answer c' is given to more of c than of all other labels
    (hypergeometric, one-sided, as Fisher's; `level` over all pairs of classes, Bonferroni): an answer that is given to
    everything has no such lift. It is given to more of c than of the items labelled c' themselves (the same test,
    `level`): who merely mistakes c for c' calls what is c' so at least as often. And of the answers c and c' under c
    more than half are c' (binomial, 0.05). Where no item is labelled c', classes may have been merged: then the last
    two ask instead whether it is more than 15 % of the answers under c (binomial, 0.05).
    """
    from scipy.stats import binom, hypergeom

    if not labels:
        return []
    names, codes = np.unique(np.array([*labels, *answers], np.str_), return_inverse=True)
    k, n = len(names), len(labels)
    if k < 2:
        return []
    table = np.bincount(codes[:n] * k + codes[n:], minlength=k * k).reshape(k, k)
    bear, said, own = table.sum(axis=1)[:, None], table.sum(axis=0)[None], table.diagonal()
    lift = hypergeom.sf(table - 1, n, said, bear) * k * (k - 1) <= level
    over_its_bearers = hypergeom.sf(table - 1, bear + bear.T, table + own[None], bear) <= level
    beats_own = binom.sf(table - 1, table + own[:, None], 0.5) <= CLEARLY
    absent = np.broadcast_to(bear.T == 0, table.shape)
    many = binom.sf(table - 1, bear, MANY) <= CLEARLY
    shown = lift & np.where(absent, many, over_its_bearers & beats_own) & ~np.eye(k, dtype=bool)
    return [Exchange(str(names[c]), str(names[other]), bool(absent[c, other])) for c, other in np.argwhere(shown)]
