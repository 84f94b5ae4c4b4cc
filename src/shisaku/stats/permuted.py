"""The p-value of a statistic against draws under the null, with no more draws than it takes."""

from __future__ import annotations

from collections.abc import Callable

ENOUGH = 20


def permuted_p(observed: float, draw: Callable[[], float], draws: int, enough: int = ENOUGH) -> float:
    """Return the p of "no larger than under the null": (draws as large + 1) / (draws + 1).

    Drawing stops when `enough` draws were as large (Besag and Clifford, Biometrika 78:301, 1991: p is then `enough`
    divided by the draws made); a small p takes all of them.
    """
    as_large = 0
    for made in range(1, draws + 1):
        as_large += draw() >= observed
        if as_large == enough:
            return enough / made
    return (as_large + 1) / (draws + 1)
