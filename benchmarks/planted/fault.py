"""A fault that can be planted: an injector that shares no code with the detector that should find it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shisaku.core.sample import Sample
from shisaku.core.seed import rng_for

SHARE = 0.2
Samples = list[Sample]


@dataclass(frozen=True)
class Planted:
    """Samples with faults among them, and the ids of those that a perfect detector calls an issue."""

    samples: Samples
    faulty: frozenset[str]


@dataclass(frozen=True)
class Fault:
    """One kind of fault for one detector, at five or more strengths from hardly there to plain.

    `profile` names an entry of the audit, whose op and thresholds are used with `params` over them, or an op with its
    own thresholds; `source` names
    the clean real data (see `sources`), `n` of it; `plant` puts the fault into a share of them; `prepare` adds the
    parts that the detector reads (features, transcripts). `unit` says what a strength is.
    """

    name: str
    profile: str
    source: str
    unit: str
    strengths: tuple[float, ...]
    plant: Callable[[Samples, float, int], Planted]
    params: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Samples], Samples] = lambda samples: samples
    n: int = 0


def each(change: Callable[[Sample, float, np.random.Generator], Sample], share: float = SHARE) -> Any:
    """Return a `plant` that changes a share of the samples one by one, drawn by their ids."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        faulty = drawn(samples, share, seed)
        changed = [
            change(one, strength, rng_for(seed, "plant", one.id)) if one.id in faulty else one for one in samples
        ]
        return Planted(changed, faulty)

    return plant


def drawn(samples: Sequence[Sample], share: float, seed: int) -> frozenset[str]:
    """Return the ids of a share of the samples, at least one, drawn by id and seed and by nothing else."""
    order = sorted(samples, key=lambda one: rng_for(seed, "draw", one.id).random())
    return frozenset(one.id for one in order[: max(1, round(share * len(order)))])
