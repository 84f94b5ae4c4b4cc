"""How many generations lie between the samples of a stream and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.domain import Domain
from shisaku.core.sample import Sample
from shisaku.core.study_spec import StudySpec
from shisaku.store.marks import MADE_BY


def generations(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return how many samples were made, how many of them from made ones, and the most generations there are.

    A sample that an earlier run made and that was read in again has lost its depth and kept the fact that tells of it.
    """
    depths = [sample.depth or int(MADE_BY in sample.facts) for sample in samples]
    return {
        "items": len(depths),
        "made": sum(depth > 0 for depth in depths),
        "from_made": sum(depth > 1 for depth in depths),
        "deepest": max(depths, default=0),
    }


def made_tests(spec: StudySpec, domain: Domain, notes: Mapping[str, Any]) -> int:
    """Return how many items of a test that counts as recorded were made."""
    if domain.kind == "derived":
        return 0
    stream = spec.real if domain.kind == "resplit" else domain.stream
    return int(notes.get("generations", {}).get(stream, {}).get("made", 0))


def simulated(spec: StudySpec, domain: Domain, notes: Mapping[str, Any]) -> bool:
    """Return whether the items of a test were made or spoiled on purpose, not recorded as they are."""
    return domain.kind == "derived" or bool(domain.spoil) or made_tests(spec, domain, notes) > 0
