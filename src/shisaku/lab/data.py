"""Reads what a run cooked for a study into columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shisaku.core.dataset import Dataset
from shisaku.core.recipe import ROOT, StudySpec
from shisaku.core.sample import Sample
from shisaku.errors import ContaminationError, DataError
from shisaku.lab.grouping import group_alike, near_pairs
from shisaku.lab.items import Items, StudyData
from shisaku.lab.streams import PART, SCORES, features_step, scored_streams, scores_step, seen_in, stream_names
from shisaku.message import say

KEEP = "keep"


class CookedRun(Protocol):
    """What is read of a finished run (a `store.Run` is one)."""

    def stream(self, name: str) -> Dataset:
        """Return the samples of a stream."""
        ...

    def streams(self) -> Mapping[str, Any]:
        """Return the streams there are, by name."""
        ...

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table, none if it is absent."""
        ...


def load(run: CookedRun, spec: StudySpec) -> StudyData:
    """Build the study's columns from the streams that `resolve` added.

    Items without features or label are set aside and counted in `notes`; test items of an unknown class
    too. Near-duplicates are grouped inside the real items and inside each fixed test set. Raises DataError
    if the real stream has nothing usable, ContaminationError if real items are also in a fixed test set or
    a made sample has an ancestor that the run does not know.
    """
    ancestry = Ancestry.of(run.read_rows("lineage"))
    kept_from = {str(row["step"]): str(row["source"]) for row in run.read_rows("counts") if row["op"] == KEEP}
    external = {domain.stream for domain in spec.domains if domain.kind == "external"}
    notes: dict[str, Any] = {}
    streams: dict[str, Items] = {}
    gone: set[str] = set()
    for name in stream_names(spec):
        samples = _seen(run, spec, name, kept_from)
        items, texts = _columns(samples, name, spec, ancestry, notes, made=name not in {spec.real, *external})
        if name == spec.real or name in external:
            grouped = group_alike(items, spec.grouping, texts)
            notes.setdefault("merged", {})[name] = [list(pair) for pair in grouped.merged]
            if grouped.near > spec.grouping.near:
                notes.setdefault("near_raised", {})[name] = grouped.near
            items = grouped.items
        streams[name] = items
        if name == spec.real:
            gone = {sample.id for sample in samples} - set(items.ids)
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
        near = near_pairs(real, streams[name], notes.get("near_raised", {}).get(spec.real, spec.grouping.near))
        notes.setdefault("near_external", {})[name] = [list(found) for found in near]
    pools = _pools(run, real, streams, external, spec)
    return StudyData(real, streams, _scores(run, spec), pools, notes)


def _seen(run: CookedRun, spec: StudySpec, name: str, kept_from: Mapping[str, str]) -> list[Sample]:
    """Return a stream's samples with their features."""
    base = seen_in(name, kept_from)
    dataset = run.stream(features_step(spec, base))
    if base == name:
        return list(dataset)
    kept = set(run.stream(name).ids())
    return dataset.take([id_ for id_ in dataset.ids() if id_ in kept])


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Direct parents of every made sample of a run."""

    parents: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Ancestry:
        """Collect the rows of a lineage table (child, parent)."""
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[str(row["child"])] = (*found.get(str(row["child"]), ()), str(row["parent"]))
        return cls(found)

    def roots(self, direct: Sequence[str]) -> tuple[str, ...]:
        """Return the ancestors that were not made from anything, sorted."""
        found: set[str] = set()
        waiting, seen = list(direct), set(direct)
        while waiting:
            one = waiting.pop()
            above = self.parents.get(one, ())
            if not above:
                found.add(one)
            waiting += [parent for parent in above if parent not in seen]
            seen.update(above)
        return tuple(sorted(found))


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
    items = Items(
        tuple(sample.id for sample in kept),
        tuple(sample.labels[spec.label] for sample in kept),
        tuple(sample.entity for sample in kept),
        _matrix([vector for _, vector in usable], name, spec),
        tuple(ancestry.roots(sample.parents) if made else () for sample in kept),
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


def _pools(
    run: CookedRun, real: Items, streams: Mapping[str, Items], external: set[str], spec: StudySpec
) -> frozenset[str]:
    """Ancestors that are neither study items nor test items must be material the run itself read in."""
    tested = {item: name for name in external & set(streams) for item in streams[name].ids}
    twice = sorted(set(real.ids) & set(tested))
    if twice:
        raise ContaminationError(
            say("{n} items are in both the real stream and the test stream {test}, first {item}",
                n=len(twice), test=tested[twice[0]], item=twice[0]),
            where=f"study {spec.name}",
            next=say("Select disjoint streams for `real` and for the test domains"),
        )  # fmt: skip
    used = {parent for items in streams.values() for parents in items.parents for parent in parents}
    others = used - set(real.ids)
    if not others:
        return frozenset()
    places = [ROOT] if ROOT in run.streams() else list(run.streams())
    unknown = sorted(others.difference(*(run.stream(name).ids() for name in places)))
    if unknown or others & set(tested):
        first = next(iter(unknown or sorted(others & set(tested))))
        raise ContaminationError(
            say("Made samples descend from {item}: neither a real item of this study nor declared pool material",
                item=first),
            where=f"study {spec.name}",
            next=say("Make training samples only from the study's real stream and from train-only pools"),
        )  # fmt: skip
    return frozenset(others)


def _scores(run: CookedRun, spec: StudySpec) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
    found: dict[str, dict[str, npt.NDArray[np.float64]]] = {}
    for arm in spec.arms:
        if arm.scores is None:
            continue
        mine = found.setdefault(arm.name, {})
        for stream in scored_streams(spec):
            for sample in run.stream(scores_step(spec, stream, arm)):
                vector = vector_of(sample, SCORES)
                if vector is not None:
                    mine[sample.id] = vector.astype(np.float64)
    return found
