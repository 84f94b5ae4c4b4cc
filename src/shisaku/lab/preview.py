"""A study cut down to a look: what a preview's few items allow, and never a claim."""

from __future__ import annotations

from dataclasses import replace

from shisaku.core.study_spec import StudySpec
from shisaku.lab.items import StudyData
from shisaku.lab.splits import split_of

SPLITS = 3


def for_preview(spec: StudySpec, data: StudyData) -> StudySpec:
    """Return `spec` with few splits and no more shots than every training half holds.

    With fewer than six splits the plan says by itself that it is exploratory. Folds shrink to what the
    shots can be divided into. A preview is none of the looks that were planned: where it sees the same test items it
    counts as one more.
    """
    splits = min(spec.splits, SPLITS)
    held = []
    for index in range(splits):
        train = split_of(spec, data.real, index).train(0, 1)
        labels = [data.real.labels[i] for i in train]
        held.append(min(labels.count(name) for name in data.classes))
    most = max(min(held, default=1), 1)
    shots = tuple(dict.fromkeys(min(wanted, most) if wanted else 0 for wanted in spec.shots))
    folds = max(2, min(spec.folds, min((n for n in shots if n), default=most)))
    return replace(spec, splits=splits, shots=shots, folds=folds, look=1, looks_planned=1)
