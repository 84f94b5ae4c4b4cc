"""Reads what a run cooked for a study into columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from shisaku.core.sample import Sample
from shisaku.core.study_spec import StudySpec
from shisaku.errors import DataError
from shisaku.lab.ancestry import Ancestry, pool_material
from shisaku.lab.cooked import CookedRun
from shisaku.lab.generations import generations
from shisaku.lab.grouping import group_alike, near_pairs
from shisaku.lab.items import Items, StudyData, Vectors
from shisaku.lab.seen import Seen, scores_of, seen, vector_of
from shisaku.lab.speakers import by_speaker
from shisaku.lab.streams import fixed_streams, modalities, stream_names, unlabelled_streams
from shisaku.message import say

KEEP = "keep"
NOTHING: Vectors = np.zeros((0, 0), dtype=np.float32)
Span = tuple[int, int]


def load(run: CookedRun, spec: StudySpec) -> StudyData:
    """Build the study's columns from the streams that `resolve` added.

    Items that no view could read, or without a label (where retrieval gives none), are set aside and counted in
    `notes`; test items of an unknown class too. A view that an item lacks is NaN. Near-duplicates are grouped inside
    the real items and inside each fixed test set. Raises DataError if the real stream has nothing usable,
    ContaminationError if real items are also in a fixed test set or a made sample has an ancestor that the run does
    not know.
    """
    ancestry = Ancestry.of(run.read_rows("lineage"))
    kept_from = {str(row["step"]): str(row["source"]) for row in run.read_rows("counts") if row["op"] == KEEP}
    external = fixed_streams(spec)
    notes: dict[str, Any] = {}
    streams: dict[str, Items] = {}
    gone: set[str] = set()
    shown = {name: seen(run, spec, name, kept_from) for name in stream_names(spec)}
    widths = _widths(shown, spec)
    for name, one in shown.items():
        made = name not in {spec.real, *external}
        notes.setdefault("generations", {})[name] = generations(one.samples)
        items, texts = _columns(one, widths, name, spec, ancestry, notes, made=made)
        if not made:
            items = _grouped(items, one.samples, texts, name, spec, notes)
        streams[name] = items
        if name == spec.real:
            gone = {sample.id for sample in one.samples} - set(items.ids)
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
    return StudyData(real, streams, scores_of(run, spec), pools, notes)


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


def _columns(
    seen: Seen,
    widths: Mapping[str, int],
    name: str,
    spec: StudySpec,
    ancestry: Ancestry,
    notes: dict[str, Any],
    *,
    made: bool,
) -> tuple[Items, list[str]]:
    free = name in unlabelled_streams(spec)
    known = set().union(*seen.vectors.values())
    kept = [one for one in seen.samples if one.id in known and (free or one.labels.get(spec.label))]
    if len(kept) < len(seen.samples):
        notes.setdefault("set_aside", {})[name] = len(seen.samples) - len(kept)
    drawn = sorted({arm.draw.by for arm in spec.arms if arm.draw is not None} | {*spec.slices, spec.kpi.lot} - {""})
    features, views = _joined(kept, seen, widths)
    if views:
        notes.setdefault("views", {})[name] = {
            view: int((~np.isnan(features[:, start])).sum()) for view, (start, _) in views.items()
        }
    items = Items(
        tuple(sample.id for sample in kept),
        tuple(sample.labels.get(spec.label, "") for sample in kept),
        tuple(sample.entity for sample in kept),
        features,
        tuple(ancestry.roots(sample.parents) if made else () for sample in kept),
        _targets([seen.aims[sample.id] for sample in kept], name, spec) if spec.target is not None else NOTHING,
        {fact: tuple(sample.facts.get(fact, "") for sample in kept) for fact in drawn},
        views,
    )
    part = spec.grouping.text
    texts = [sample.parts[part].text if part in sample.parts else "" for sample in kept] if part else []
    return items, texts


def _joined(kept: Sequence[Sample], seen: Seen, widths: Mapping[str, int]) -> tuple[Vectors, dict[str, Span]]:
    """Return the views of the samples side by side, NaN where one is missing, and the columns of each.

    One view alone has no name there: rows without it do not exist.
    """
    features = np.full((len(kept), sum(widths.values())), np.nan, dtype=np.float32)
    spans: dict[str, Span] = {}
    start = 0
    for view, width in widths.items():
        held = seen.vectors[view]
        spans[view] = (start, start + width)
        for row, sample in enumerate(kept):
            if sample.id in held:
                features[row, start : start + width] = held[sample.id]
        start += width
    return features, spans if len(spans) > 1 else {}


def _widths(streams: Mapping[str, Seen], spec: StudySpec) -> dict[str, int]:
    """Return how many numbers each view has; 1 for a view that saw nothing."""
    widths = {}
    for view in modalities(spec):
        lengths = {name: {len(vector) for vector in one.vectors[view].values()} for name, one in streams.items()}
        found = set().union(*lengths.values())
        if len(found) > 1:
            raise _uneven(found, f"{', '.join(name for name, some in lengths.items() if some)}, view {view}", spec)
        widths[view] = max(found, default=1)
    return widths


def _targets(vectors: Sequence[Vectors], name: str, spec: StudySpec) -> Vectors:
    widths = {len(vector) for vector in vectors}
    if len(widths) > 1:
        raise _uneven(widths, f"{name}, target", spec)
    return np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 1), dtype=np.float32)


def _uneven(widths: set[int], where: str, spec: StudySpec) -> DataError:
    return DataError(
        say("Features of one view have different lengths: {widths}", widths=str(sorted(widths))),
        where=f"study {spec.name}, stream {where}",
        next=say("Use one embedding op with one setting"),
    )


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
