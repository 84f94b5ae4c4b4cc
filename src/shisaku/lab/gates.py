"""Gates: an arm keeps the best share of its synthetic items by a Metric that saw this split's training items."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index, Items
from shisaku.lab.streams import PART
from shisaku.message import say
from shisaku.registry import doors


def kept_size(share: float, n: int) -> int:
    """Return how many of `n` a gate keeps: the share rounded up, so that a gate never empties an arm."""
    return min(n, math.ceil(share * n - 1e-9))


def best(bench: Bench, arm: Arm, picked: Index, codes: Index, train: Index) -> Index:
    """Return which of the `picked` synthetic rows stay, by position: a share by the arm's metric, ties by id.

    That is the best share (`top`) or the lowest (`bottom`). The metric sees features and the labels that `codes`
    stand for, and as its reference the real `train` items only. A row it cannot judge stays last. Raises DataError
    if it can judge none.
    """
    keep = arm.keep
    if keep is None or not len(picked):
        return np.arange(len(picked))
    value = scored(bench, arm, keep, picked, codes, train)
    ids = [bench.raw.streams[arm.stream].ids[i] for i in picked]
    sign = -1 if keep.top else 1
    order = sorted(range(len(ids)), key=lambda place: (sign * value.get(ids[place], sign * np.inf), ids[place]))
    return np.sort(np.array(order[: kept_size(keep.share, len(ids))], dtype=np.intp))


def scored(bench: Bench, arm: Arm, told: ArmKeep, picked: Index, codes: Index, train: Index) -> dict[str, float]:
    """Return id -> score of the `picked` synthetic rows by the Metric `told`, with the real `train` items as reference.

    Raises DataError if it can judge none.
    """
    made = bench.raw.streams[arm.stream]
    metric = _metric(bench, arm, told)
    reference = [light(bench.raw.real, int(i), bench.spec.label) for i in train]
    judged = [light(made, int(i), bench.spec.label, bench.classes[code]) for i, code in zip(picked, codes, strict=True)]
    value = {score.sample: score.value for score in metric.scores(metric.measure(judged, reference))}
    if not value:
        raise DataError(
            say("The gate {metric} of arm {arm} gave no score to any of {n} items",
                metric=told.metric, arm=arm.name, n=len(picked)),
            where=f"study {bench.spec.name}",
            next=say("Use a metric that scores samples with features and a label, or more training items"),
        )  # fmt: skip
    return value


def light(items: Items, i: int, label: str, told: str = "") -> Sample:
    """Return a Sample with nothing but its features, label (or the one `told`), group and ancestry."""
    part = Part("embedding", np.ascontiguousarray(items.main[i], dtype="<f4").tobytes())
    return Sample(
        items.ids[i],
        {PART: part},
        {label: told or items.labels[i]},
        group=items.groups[i],
        parents=items.parents[i],
        depth=int(bool(items.parents[i])),
    )


def _metric(bench: Bench, arm: Arm, keep: ArmKeep) -> Metric:
    try:
        made: Any = doors.op_class(keep.metric)
    except RecipeError as error:
        raise RecipeError(error.what, f"study {bench.spec.name}, arm {arm.name}", error.next) from None
    if not issubclass(made, Metric):
        raise RecipeError(
            say("The gate of arm {arm} must name a Metric", arm=arm.name), where=f"study {bench.spec.name}"
        )
    told = {"label": bench.spec.label, "student": bench.spec.learner or {"name": "logistic"}}
    own = {name: told[name] for name in told.keys() & {f.name for f in fields(made)}}
    try:
        found: Metric = made(**{**own, **keep.params})
    except TypeError as error:
        raise RecipeError(
            say("The gate of arm {arm} cannot be set up: {cause}", arm=arm.name, cause=str(error)),
            where=f"study {bench.spec.name}",
        ) from None
    return found
