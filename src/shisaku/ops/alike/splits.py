"""Which split keeps its items when two splits share them."""

from __future__ import annotations

# A test set is never changed for the sake of the training set.
TEST, VALIDATION = ("test", "testing", "eval"), ("validation", "valid", "val", "dev", "development")


def rank(split: str) -> tuple[int, str]:
    """Return what sorts splits: test, validation, then the others by name."""
    plain = split.casefold()
    return (0 if plain in TEST else 1 if plain in VALIDATION else 2), plain
