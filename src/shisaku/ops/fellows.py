"""The samples of a pool, by the label they bear: what ops that mix samples of one class draw from."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.sample import Sample
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.labelled import label_or_none


def sorted_pool(op: str, pool: Sequence[Sample] | None) -> list[Sample]:
    """Return the pool by id, because the order in which it arrives must not matter. Raises RecipeError without one."""
    if not pool:
        raise RecipeError(
            say("{op} needs a pool of samples and got none", op=op),
            next=say("Give the step `pool:` with a stream that holds only training material"),
        )
    return sorted(pool, key=lambda sample: sample.id)


def by_label(pool: Sequence[Sample], label: str) -> dict[str, list[Sample]]:
    """Return label -> samples in the order of the pool; those that have none are left out."""
    found: dict[str, list[Sample]] = {}
    for sample in pool:
        value = label_or_none(sample, label)
        if value.strip():
            found.setdefault(value, []).append(sample)
    return found
