"""Exact intervals and tests of counts."""

from __future__ import annotations


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of hits / n (Clopper and Pearson, Biometrika 26:404, 1934).

    Each end has one-sided error (1 - level) / 2. Raises ValueError unless 0 <= hits <= n and n > 0.
    """
    from scipy.stats import beta

    if not 0 <= hits <= n or n <= 0:
        raise ValueError(f"needs 0 <= hits <= n and n > 0, got {hits} of {n}")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(1 - tail, hits + 1, n - hits))
    return low, high


def upper_bound(hits: int, n: int, level: float = 0.95) -> float:
    """Return the one-sided Clopper-Pearson upper bound: 0 of n gives the rule of three."""
    return clopper_pearson(hits, n, 2 * level - 1)[1]


def mcnemar(only_base: int, only_new: int) -> float:
    """Return the exact two-sided p of equal error rates (McNemar 1947; binomial on discordant items)."""
    from scipy.stats import binomtest

    n = only_base + only_new
    return 1.0 if n == 0 else float(binomtest(min(only_base, only_new), n, 0.5).pvalue)


def wilson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of hits / n (Wilson, JASA 22:209, 1927); for agreement, where no end may be certain.

    Narrower than `clopper_pearson`, with a coverage that is right on average only: it decides nothing.
    Raises ValueError unless 0 <= hits <= n and n > 0.
    """
    from statistics import NormalDist

    if not 0 <= hits <= n or n <= 0:
        raise ValueError(f"needs 0 <= hits <= n and n > 0, got {hits} of {n}")
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    share = hits / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (share * (1 - share) + z2 / (4 * n)) / n) ** 0.5 / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
