"""The samples of a stream as a study sees them: a vector per view where the view could read the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.feature import Feature
from shisaku.core.sample import Sample
from shisaku.core.study_spec import StudySpec
from shisaku.lab.cooked import CookedRun
from shisaku.lab.streams import PART, SCORES, modalities, seeing_step, seen_in, tested_streams

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """Samples sorted by id, and by view and id what they look like; `aims` are targets by id, where there are some."""

    samples: tuple[Sample, ...]
    vectors: Mapping[str, Mapping[str, Vector]]
    aims: Mapping[str, Vector]


def seen(run: CookedRun, spec: StudySpec, name: str, kept_from: Mapping[str, str]) -> Seen:
    """Return the samples of a stream that any view left, without those that have no target where the study has some.

    A vector that is not finite is none.
    """
    base = seen_in(name, kept_from)
    kept = None if base == name else set(run.stream(name).ids())
    samples: dict[str, Sample] = {}
    vectors: dict[str, dict[str, Vector]] = {}
    for view, feature in modalities(spec).items():
        held = vectors[view] = {}
        for sample in _through(run, feature, base, kept):
            samples.setdefault(sample.id, sample)
            vector = vector_of(sample, PART)
            if vector is not None and np.isfinite(vector).all():
                held[sample.id] = vector
    aims: dict[str, Vector] = {}
    if spec.target is not None:
        found = {sample.id: vector_of(sample, PART) for sample in run.stream(seeing_step(spec.target, base))}
        aims = {item: vector for item, vector in found.items() if vector is not None}
        samples = {item: sample for item, sample in samples.items() if item in aims}
    return Seen(tuple(samples[item] for item in sorted(samples)), vectors, aims)


def _through(run: CookedRun, feature: Feature, base: str, kept: set[str] | None) -> list[Sample]:
    dataset = run.stream(seeing_step(feature, base))
    ids = dataset.ids()
    return dataset.take(ids if kept is None else sorted(kept.intersection(ids)))


def vector_of(sample: Sample, part: str) -> Vector | None:
    """Return the embedding part of a sample, None if it has none."""
    found = sample.parts.get(part)
    return None if found is None else np.frombuffer(found.data, dtype="<f4")


def scores_of(run: CookedRun, spec: StudySpec) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
    """Return the class scores of every arm without training, by arm and item id."""
    found: dict[str, dict[str, npt.NDArray[np.float64]]] = {}
    for arm in spec.arms:
        if arm.scores is None:
            continue
        mine = found.setdefault(arm.name, {})
        for stream in tested_streams(spec):
            for sample in run.stream(seeing_step(arm.scores, stream)):
                vector = vector_of(sample, SCORES)
                if vector is not None:
                    mine[sample.id] = vector.astype(np.float64)
    return found
