"""Which streams a study looks at, and what the steps that let it see them are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shisaku.core.feature import Feature
from shisaku.core.identity import fingerprint
from shisaku.core.study_spec import StudySpec
from shisaku.registry.check_arm import MAIN_VIEW

PART = "features"
SCORES = "scores"


def stream_names(spec: StudySpec) -> tuple[str, ...]:
    """Return every stream the study needs features of, the real one first (unless it is only a catalogue)."""
    wanted = [*tested_streams(spec), *(arm.stream for arm in spec.arms)]
    return tuple(dict.fromkeys(name for name in wanted if name))


def tested_streams(spec: StudySpec) -> tuple[str, ...]:
    """Return the streams that an arm without training must give scores for: all that is tested on."""
    wanted = [spec.real] if spec.train == "real" else []
    for domain in spec.domains:
        wanted += [domain.stream, domain.validate]
    return tuple(dict.fromkeys(name for name in wanted if name))


def fixed_streams(spec: StudySpec) -> set[str]:
    """Return the streams of real items that are never trained on: external test sets and their development slices."""
    fixed = [domain for domain in spec.domains if domain.kind == "external"]
    return {name for domain in fixed for name in (domain.stream, domain.validate) if name}


def seeing_step(feature: Feature, stream: str) -> str:
    """Return the name of the step that lets studies see `stream` through `feature`: two studies share it.

    It tells the op, and a digest of its parameters where there are any.
    """
    digest = f"-{fingerprint(dict(feature.params))[:6]}" if feature.params else ""
    return f"{stream}.{feature.op}{digest}"


def modalities(spec: StudySpec) -> dict[str, Feature]:
    """Return the Feature of every view by its name; that of `StudySpec.feature` is the first and called ``feature``."""
    return {MAIN_VIEW: spec.feature, **spec.views}


def unlabelled_streams(spec: StudySpec) -> set[str]:
    """Return the streams whose items need no label: retrieval gives them that of the item they are near to."""
    return {arm.rows for arm in spec.arms if arm.nearest and arm.rows}


def views(spec: StudySpec) -> Iterator[tuple[Feature, tuple[str, ...]]]:
    """Yield every Feature of a study with the streams that are seen through it."""
    for feature in modalities(spec).values():
        yield feature, stream_names(spec)
    if spec.target is not None:
        yield spec.target, stream_names(spec)
    for arm in spec.arms:
        if arm.scores is not None:
            yield arm.scores, tested_streams(spec)


def seen_in(stream: str, kept_from: Mapping[str, str]) -> str:
    """Return the stream whose features hold those of `stream`: of a keep-rule, what it keeps from.

    What was kept are samples that were embedded already; only which of them counts.
    """
    while stream in kept_from:
        stream = kept_from[stream]
    return stream
