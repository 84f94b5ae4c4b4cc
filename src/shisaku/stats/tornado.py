"""Which unknown amount moves a figure most: each in turn at its lowest and highest, the others as is likely."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shisaku.core.amount import Amount


@dataclass(frozen=True, slots=True)
class Swing:
    """What a figure is with the amount `name` at its lowest, and what it is with it at its highest."""

    name: str
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        """How far apart the two are."""
        return abs(self.at_high - self.at_low)

    @property
    def turns(self) -> bool:
        """Whether the sign of the figure depends on this amount alone."""
        return min(self.at_low, self.at_high) < 0.0 < max(self.at_low, self.at_high)


def tornado(
    amounts: Mapping[str, Amount], figure: Callable[[Mapping[str, float]], float]
) -> tuple[float, tuple[Swing, ...]]:
    """Return the figure at all likely values, and the swings of the amounts that are not known, the widest first.

    One at a time (Howard, IEEE Transactions on Systems Science and Cybernetics 4:211, 1968): what amounts do together
    is not in it. Swings of the same size are sorted by name. Raises ValueError where the figure is not a finite number.
    """
    likely = {name: amount.likely for name, amount in amounts.items()}
    swings = [
        Swing(name, _finite(figure, {**likely, name: amount.low}), _finite(figure, {**likely, name: amount.high}))
        for name, amount in amounts.items()
        if not amount.known
    ]
    return _finite(figure, likely), tuple(sorted(swings, key=lambda swing: (-swing.size, swing.name)))


def _finite(figure: Callable[[Mapping[str, float]], float], values: Mapping[str, float]) -> float:
    found = float(figure(values))
    if not math.isfinite(found):
        raise ValueError(f"the figure is {found} at {dict(values)}")
    return found
