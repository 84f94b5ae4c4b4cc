"""What counts as one independent thing where made items stand beside real ones."""

from __future__ import annotations

from collections.abc import Mapping

FEWEST = 10


def units_of(made: Mapping[str, str], real: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the unit of every made and of every real item, given their entities by id, in the order given.

    The entity is the unit. With fewer than 10 entities on a side nothing can be said about others: every item is a
    unit of its own then, and what is found holds for these entities (one speaker, one camera).
    """
    if min(len(set(made.values())), len(set(real.values()))) < FEWEST:
        return [f"made {one}" for one in made], [f"real {one}" for one in real]
    return list(made.values()), list(real.values())
