"""Whether what bears one label is shown to be what others call another one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LEVEL = 0.001
CLEARLY = 0.05  # that the other answer beats the own one: no proof by itself, only a condition


def label_exchange(labels: Sequence[str], answers: Sequence[str], level: float = LEVEL) -> dict[str, str]:
    """Return label -> the answer that it is shown to stand for, of n items with a label and somebody's answer each.

    A label c is exchanged for c' if three exact tests say so. The answer c' is given to more of c than of all other
    labels (hypergeometric, one-sided, as Fisher's; `level` over all pairs of classes, Bonferroni): an answer that is
    given to everything has no such lift. It is given to more of c than of the items labelled c' themselves (the same
    test, `level`), where there are any: who merely mistakes c for c' calls what is c' so at least as often. And of the
    answers c and c' under c more than half are c' (binomial, 0.05). Of several such c' the most frequent is returned.
    """
    from scipy.stats import binom, hypergeom

    if not labels:
        return {}
    names, codes = np.unique(np.array([*labels, *answers], np.str_), return_inverse=True)
    k, n = len(names), len(labels)
    if k < 2:
        return {}
    table = np.bincount(codes[:n] * k + codes[n:], minlength=k * k).reshape(k, k)
    bear, said, own = table.sum(axis=1)[:, None], table.sum(axis=0)[None], table.diagonal()
    lift = hypergeom.sf(table - 1, n, said, bear)
    over_own_bearers = hypergeom.sf(table - 1, bear + bear.T, table + own[None], bear)
    beaten = binom.sf(table - 1, table + own[:, None], 0.5)
    shown = (lift * k * (k - 1) <= level) & ((over_own_bearers <= level) | (bear.T == 0)) & (beaten <= CLEARLY)
    counts = np.where(shown & ~np.eye(k, dtype=bool), table, 0)
    best = counts.argmax(axis=1)
    return {str(names[row]): str(names[best[row]]) for row in np.flatnonzero(counts.any(axis=1))}
