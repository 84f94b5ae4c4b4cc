"""What a dataset is declared to cover: wanted values or ranges of attributes, and how well it does."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ABSENT = "(absent)"
OTHER = "(not declared)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One attribute: the cells that must be filled, either values or the parts of a range of numbers."""

    attribute: str
    cells: tuple[str, ...]
    edges: tuple[float, ...] = ()

    def cell_of(self, value: str) -> str:
        """Return the cell of a value; a value outside of what was declared has a cell of its own."""
        if not value:
            return ABSENT
        if not self.edges:
            folded = value.strip().casefold()
            return next((cell for cell in self.cells if cell.casefold() == folded), OTHER)
        try:
            number = float(value)
        except ValueError:
            return OTHER
        if not self.edges[0] <= number <= self.edges[-1] or math.isnan(number):
            return OTHER
        place = sum(number >= edge for edge in self.edges[1:-1])
        return self.cells[place]


def wanted(domain: Mapping[str, Sequence[str | float]], parts: int) -> list[Wanted]:
    """Read a declaration: two rising numbers are a range, cut into `parts` of equal width; all else is values.

    Raises ValueError for an attribute without values.
    """
    found = []
    for attribute, values in sorted(domain.items()):
        if not values:
            raise ValueError(f"domain must name values or a range for {attribute}")
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) == len(values) == 2 and numbers[0] < numbers[1]:
            low, high = (float(number) for number in numbers)
            edges = tuple(low + (high - low) * i / parts for i in range(parts + 1))
            cells = tuple(f"{a:g} to {b:g}" for a, b in itertools.pairwise(edges))
            found.append(Wanted(attribute, cells, edges))
        else:
            found.append(Wanted(attribute, tuple(dict.fromkeys(_plain(value) for value in values))))
    return found


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
