"""Which streams a study looks at, and what the steps that let it see them are called."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.core.recipe import Arm, StudySpec

PART = "features"
SCORES = "scores"


def stream_names(spec: StudySpec) -> tuple[str, ...]:
    """Return every stream the study needs features of, the real one first."""
    wanted = [spec.real]
    for domain in spec.domains:
        wanted += [domain.stream, domain.validate]
    for arm in spec.arms:
        wanted += [arm.add, arm.rows]
    return tuple(dict.fromkeys(name for name in wanted if name))


def scored_streams(spec: StudySpec) -> tuple[str, ...]:
    """Return the streams that an arm without training must give scores for: all that is tested on."""
    wanted = [spec.real]
    for domain in spec.domains:
        wanted += [domain.stream, domain.validate]
    return tuple(dict.fromkeys(name for name in wanted if name))


def features_step(spec: StudySpec, stream: str) -> str:
    """Return the name of the step that embeds `stream` for this study."""
    return f"{spec.name}.{stream}.features"


def scores_step(spec: StudySpec, stream: str, arm: Arm) -> str:
    """Return the name of the step in which `arm` scores `stream`."""
    return f"{spec.name}.{stream}.{arm.name}"


def seen_in(stream: str, kept_from: Mapping[str, str]) -> str:
    """Return the stream whose features hold those of `stream`: of a keep-rule, what it keeps from.

    What was kept are samples that were embedded already; only which of them counts.
    """
    while stream in kept_from:
        stream = kept_from[stream]
    return stream
