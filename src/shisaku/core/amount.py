"""An Amount: a number that may be known only as a range."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """Between `low` and `high`, most likely `likely`; a known number is a range of that number alone.

    Without a likely value every value between is as likely as another (`likely` is then the middle, and `flat` true).
    """

    low: float
    likely: float
    high: float
    flat: bool = False

    @classmethod
    def of(cls, *told: float) -> Amount:
        """Return it from what a person wrote: one number, [low, high] or [low, likely, high].

        Raises ValueError for another count of numbers, or numbers that do not rise.
        """
        if list(told) != sorted(told) or not 1 <= len(told) <= 3:
            raise ValueError(f"an amount is a number, [low, high] or [low, likely, high], rising: got {list(told)}")
        low, high = told[0], told[-1]
        return cls(low, told[1] if len(told) == 3 else (low + high) / 2, high, flat=len(told) == 2 and low < high)

    @property
    def known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def told(self) -> list[float]:
        """Return it as a person would write it: what `of` reads."""
        return [self.low] if self.known else [self.low, self.high] if self.flat else [self.low, self.likely, self.high]
