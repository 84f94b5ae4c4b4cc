"""Items that cannot be studied: none, two of one name, numbers that are none, nothing to see."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.study_spec import StudySpec
from shisaku.errors import ContaminationError, DataError
from shisaku.lab.items import Index, Items, StudyData
from shisaku.lab.streams import fixed_streams, stream_names
from shisaku.message import say


def check_sound(spec: StudySpec, data: StudyData) -> None:
    """Raise DataError, naming the stream and the first item at fault; ContaminationError for brought test items."""
    if not len(data.real):
        raise DataError(
            say("The real stream {stream} has no items", stream=spec.real),
            where=f"study {spec.name}",
            next=say("Look at the run's drops, and check the study's `label` and `real`"),
        )
    for name, items in _used(spec, data):
        where = f"study {spec.name}, stream {name}"
        twice = len(items.ids) - len(set(items.ids))
        if twice:
            first = next(item for item in items.ids if items.ids.count(item) > 1)
            raise DataError(
                say("{n} items have the id of another one, first {item}", n=twice, item=first),
                where=where,
                next=say("Give every item an id of its own: splits and answers are kept by id"),
            )
        wrong = _not_numbers(items)
        if len(wrong):
            raise DataError(
                say("{n} items have features that are not finite numbers, first {item}",
                    n=len(wrong), item=items.ids[wrong[0]]),
                where=where,
                next=say("Look for NaN or infinity in the embedding step; a modality that is missing is NaN as a "
                         "whole, and every item has one at least"),
            )  # fmt: skip
    rows = data.real.features
    if spec.train == "real" and len(rows) > 1 and not np.nan_to_num(rows - rows[0]).any():
        raise DataError(
            say("All {n} real items have the same features: there is nothing to tell them apart by", n=len(rows)),
            where=f"study {spec.name}, stream {spec.real}",
            next=say("Check the embedding step: it may read a part that is the same everywhere"),
        )
    _check_brought(spec, data)


def check_added(spec: StudySpec, arm: Arm, made: int, banned: int, split: int) -> None:
    """Raise DataError for an arm that has none of the made items it is about: it would be real alone, under a name."""
    if arm.stream and not made:
        raise DataError(
            say("In split {split} arm {arm} has no item of {stream} to train on ({n} were left out as copies of test "
                "items)", split=split, arm=arm.name, stream=arm.stream, n=banned),
            where=f"study {spec.name}",
            next=say("Make items from every real item, raise the arm's ratio, or look why they copy test items"),
        )  # fmt: skip


def _used(spec: StudySpec, data: StudyData) -> Iterator[tuple[str, Items]]:
    yield spec.real, data.real
    for name in stream_names(spec):
        if name in data.streams:
            yield name, data.streams[name]


def _not_numbers(items: Items) -> Index:
    """Return the rows with a feature or target that is not finite; a view that is NaN as a whole is missing."""
    x = items.features
    if not items.views:
        good = np.isfinite(x).all(axis=1)
    else:
        parts = [x[:, start:end] for start, end in items.views.values()]
        whole = np.array([np.isfinite(part).all(axis=1) for part in parts])
        missing = np.array([np.isnan(part).all(axis=1) for part in parts])
        good = (whole | missing).all(axis=0) & whole.any(axis=0)
    return np.flatnonzero(~(good & np.isfinite(items.targets).all(axis=1)))


def _check_brought(spec: StudySpec, data: StudyData) -> None:
    """Refuse brought rows that are the items a study tests on, under their own names."""
    tested = dict.fromkeys(data.real.ids, spec.real) if spec.train == "real" else {}
    for name in sorted(fixed_streams(spec) & set(data.streams)):
        tested.update(dict.fromkeys(data.streams[name].ids, name))
    for arm in spec.arms:
        items = data.streams.get(arm.rows)
        shared = sorted(tested.keys() & set(items.ids)) if items is not None else []
        if shared:
            raise ContaminationError(
                say("{n} rows of {stream}, first {item}, are items of {test}, on which the study tests",
                    n=len(shared), stream=arm.rows, item=shared[0], test=tested[shared[0]]),
                where=f"study {spec.name}",
                next=say("Select disjoint streams"),
            )  # fmt: skip
