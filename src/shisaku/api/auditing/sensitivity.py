"""``--sensitivity``: what wrong labels, copies or less diversity cost on the user's own task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from shisaku.api.auditing.order import Order
from shisaku.api.auditing.result import SENSITIVITY
from shisaku.core.recipe import ROOT, Step
from shisaku.core.study_spec import Grouping
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.beside import OWN

if TYPE_CHECKING:
    from shisaku.lab.harm import Harm
    from shisaku.lab.items import Items
    from shisaku.store.run import Run

SEEN = "sensitivity_features"


def seeing_step(reader: Any, against: bool) -> Step:
    """Return the step that writes the features through which the task is seen: those of the main modality."""
    from collections import Counter

    from shisaku.api.defaults import main_kind, usual

    kinds: Counter[str] = Counter()
    parts: dict[str, tuple[str, str]] = {}
    for record in reader.records():
        for name, part in record.parts.items():
            kinds[part.kind] += 1
            parts.setdefault(part.kind, (name, part.lang))
    kind = main_kind(kinds)
    name, lang = parts.get(kind, (kind, ""))
    ops = usual(kind, lang)
    return Step(SEEN, ops.embed, (OWN if against else ROOT,), {ops.kind: name, **ops.embed_params})


def write_sensitivity(run: Run, order: Order) -> None:
    """Measure dose and response on what the step of `seeing_step` wrote, and write it into the run.

    Raises DataError without labels, or where classes are too small.
    """
    from shisaku.api.defaults import CHAIN, NEAR
    from shisaku.lab.dose import dose_response
    from shisaku.lab.grouping import group_alike

    items = _items(run, order.label)
    grouped = group_alike(items, Grouping(near=NEAR, chain=CHAIN)).items
    found = dose_response(grouped, cast("Harm", order.harm), seed=order.seed, progress=order.progress)
    run.write_json(SENSITIVITY, found.to_json())


def _items(run: Run, label: str) -> Items:
    import numpy as np

    from shisaku.lab.items import Items
    from shisaku.lab.streams import PART
    from shisaku.store.codecs import decode_vector

    samples = [sample for sample in run.stream(SEEN) if PART in sample.parts]
    names = sorted({name for sample in samples for name in sample.labels})
    if not label and len(names) != 1:
        raise DataError(
            say("The data have {n} labels: {names}", n=len(names), names=", ".join(names) or "-"),
            next=say("Name one with --label") if names else say("Sensitivity needs labelled data"),
        )
    name = label or names[0]
    usable = [sample for sample in samples if sample.labels.get(name)]
    if not usable:
        raise DataError(say("No sample has the label {name}", name=name))
    return Items(
        tuple(sample.id for sample in usable),
        tuple(sample.labels[name] for sample in usable),
        tuple(sample.entity for sample in usable),
        np.stack([decode_vector(sample.parts[PART]) for sample in usable]),
    )
