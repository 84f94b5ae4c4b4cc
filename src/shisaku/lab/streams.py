"""Which streams a study looks at, and what the steps that let it see them are called."""

from __future__ import annotations

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
