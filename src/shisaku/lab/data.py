"""Reads what a run cooked for a study into columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.recipe import StudySpec
from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.lab.ancestry import Ancestry, pool_material
from shisaku.lab.cooked import CookedRun
from shisaku.lab.grouping import group_alike, near_pairs
from shisaku.lab.items import Items, StudyData
from shisaku.lab.speakers import by_speaker
from shisaku.lab.streams import (
    PART,
    SCORES,
    TARGET,
    fixed_streams,
    seeing_step,
    seen_in,
    stream_names,
    tested_streams,
)
from shisaku.message import say

KEEP = "keep"


def load(run: CookedRun, spec: StudySpec) -> StudyData:
    """Build the study's columns from the streams that `resolve` added.

    Items without features or label are set aside and counted in `notes`; test items of an unknown class
    too. Near-duplicates are grouped inside the real items and inside each fixed test set. Raises DataError
    if the real stream has nothing usable, ContaminationError if real items are also in a fixed test set or
    a made sample has an ancestor that the run does not know.
    """
    ancestry = Ancestry.of(run.read_rows("lineage"))
    kept_from = {str(row["step"]): str(row["source"]) for row in run.read_rows("counts") if row["op"] == KEEP}
    external = fixed_streams(spec)
    notes: dict[str, Any] = {}
    streams: dict[str, Items] = {}
    gone: set[str] = set()
    for name in stream_names(spec):
        samples = _seen(run, spec, name, kept_from)
        made = name not in {spec.real, *external}
        items, texts = _columns(samples, name, spec, ancestry, notes, made=made)
        if not made:
            items = _grouped(items, samples, texts, name, spec, notes)
        streams[name] = items
        if name == spec.real:
            gone = {sample.id for sample in samples} - set(items.ids)
    if spec.train == "made":
        real, gone = _catalogue(run, spec)
    else:
        real = streams.pop(spec.real)
    streams = {name: _without_orphans(items, gone, name, notes) for name, items in streams.items()}
    if not len(real):
        raise DataError(
            say("No sample of stream {stream} has both features and the label {label}",
                stream=spec.real, label=spec.label),
            where=f"study {spec.name}",
            next=say("Look at the run's drops, and check the study's `label` and `real`"),
        )  # fmt: skip
    classes = set(real.labels)
    for name in external & set(streams):
        streams[name] = _known_classes(streams[name], classes, name, notes)
        if spec.train == "real":
            near = near_pairs(real, streams[name], notes.get("near_raised", {}).get(spec.real, spec.grouping.near))
            notes.setdefault("near_external", {})[name] = [list(found) for found in near]
    pools = pool_material(run, real, streams, external, spec)
    return StudyData(real, streams, _scores(run, spec), pools, notes)


def _grouped(
    items: Items, samples: Sequence[Sample], texts: list[str], name: str, spec: StudySpec, notes: dict[str, Any]
) -> Items:
    """Give real items their final groups: near-duplicates, and in a fixed set of recordings the speakers."""
    grouped = group_alike(items, spec.grouping, texts)
    notes.setdefault("merged", {})[name] = [list(pair) for pair in grouped.merged]
    if grouped.near > spec.grouping.near:
        notes.setdefault("near_raised", {})[name] = grouped.near
    rule = next((d.speakers for d in spec.domains if name == d.stream and d.kind == "external" and d.speakers), None)
    if rule is None:
        return grouped.items
    voices = {sample.id: vector_of(sample, rule.part) for sample in samples}
    known, told = by_speaker(grouped.items, voices, rule, where=f"study {spec.name}, stream {name}")
    notes.setdefault("speakers", {})[name] = told
    return known


def _catalogue(run: CookedRun, spec: StudySpec) -> tuple[Items, set[str]]:
    """Return the real stream of a study that trains on made items only, without features, and who has no label."""
    samples = sorted(run.stream(spec.real), key=lambda sample: sample.id)
    labelled = [sample for sample in samples if sample.labels.get(spec.label)]
    items = Items(
        tuple(sample.id for sample in labelled),
        tuple(sample.labels[spec.label] for sample in labelled),
        tuple(sample.entity for sample in labelled),
        np.zeros((len(labelled), 0), dtype=np.float32),
    )
    return items, {sample.id for sample in samples} - set(items.ids)


def _seen(run: CookedRun, spec: StudySpec, name: str, kept_from: Mapping[str, str]) -> list[Sample]:
    """Return a stream's samples with their features, and with their targets where the study has some."""
    base = seen_in(name, kept_from)
    dataset = run.stream(seeing_step(spec.feature, base))
    kept = dataset.ids() if base == name else sorted(set(run.stream(name).ids()) & set(dataset.ids()))
    samples = dataset.take(kept)
    if spec.target is None:
        return samples
    aimed = run.stream(seeing_step(spec.target, base))
    targets = {sample.id: sample.parts[PART] for sample in aimed if PART in sample.parts}
    return [sample.with_part(TARGET, targets[sample.id]) for sample in samples if sample.id in targets]


def vector_of(sample: Sample, part: str) -> npt.NDArray[np.float32] | None:
    """Return the embedding part of a sample, None if it has none."""
    found = sample.parts.get(part)
    return None if found is None else np.frombuffer(found.data, dtype="<f4")


def _columns(
    samples: Sequence[Sample], name: str, spec: StudySpec, ancestry: Ancestry, notes: dict[str, Any], *, made: bool
) -> tuple[Items, list[str]]:
    usable = []
    for sample in sorted(samples, key=lambda s: s.id):
        vector = vector_of(sample, PART)
        if vector is not None and sample.labels.get(spec.label) and np.isfinite(vector).all():
            usable.append((sample, vector))
    if len(usable) < len(samples):
        notes.setdefault("set_aside", {})[name] = len(samples) - len(usable)
    kept = [sample for sample, _ in usable]
    aims = [found for sample in kept if (found := vector_of(sample, TARGET)) is not None]
    drawn = sorted({arm.draw.by for arm in spec.arms if arm.draw is not None})
    items = Items(
        tuple(sample.id for sample in kept),
        tuple(sample.labels[spec.label] for sample in kept),
        tuple(sample.entity for sample in kept),
        _matrix([vector for _, vector in usable], name, spec),
        tuple(ancestry.roots(sample.parents) if made else () for sample in kept),
        _matrix(aims, name, spec) if spec.target is not None else np.zeros((0, 0), dtype=np.float32),
        {fact: tuple(sample.facts.get(fact, "") for sample in kept) for fact in drawn},
    )
    part = spec.grouping.text
    texts = [sample.parts[part].text if part in sample.parts else "" for sample in kept] if part else []
    return items, texts


def _matrix(vectors: Sequence[npt.NDArray[np.float32]], name: str, spec: StudySpec) -> npt.NDArray[np.float32]:
    widths = sorted({len(vector) for vector in vectors})
    if len(widths) > 1:
        raise DataError(
            say("Features of one stream have different lengths: {widths}", widths=str(widths)),
            where=f"study {spec.name}, stream {name}",
            next=say("Use one embedding op with one setting"),
        )
    return np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 1), dtype=np.float32)


def _without_orphans(items: Items, gone: set[str], name: str, notes: dict[str, Any]) -> Items:
    """Set aside what descends from real items that were set aside themselves."""
    kept = [i for i, parents in enumerate(items.parents) if not gone.intersection(parents)]
    if len(kept) == len(items):
        return items
    aside = notes.setdefault("set_aside", {})
    aside[name] = aside.get(name, 0) + len(items) - len(kept)
    return items.take(kept)


def _known_classes(items: Items, classes: set[str], name: str, notes: dict[str, Any]) -> Items:
    known = [i for i, label in enumerate(items.labels) if label in classes]
    if len(known) < len(items):
        notes.setdefault("unknown_class", {})[name] = len(items) - len(known)
    return items.take(known)


def _scores(run: CookedRun, spec: StudySpec) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
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
