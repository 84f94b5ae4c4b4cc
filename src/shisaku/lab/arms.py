"""What each arm trains on: real rows, and beside them what `made_rows` lets in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np

from shisaku.core.arm import Arm
from shisaku.errors import ContaminationError
from shisaku.lab.bench import Bench
from shisaku.lab.heed import confidences
from shisaku.lab.items import Index, Items
from shisaku.lab.made import Drawn, Made, made_rows
from shisaku.lab.purchase import bought, noisy, repaired
from shisaku.learn.examples import Examples
from shisaku.message import say

NONE: Index = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class TrainSet:
    """Rows with weights before tuning; `made` ones are tuned.

    `real` counts real items, `oversample` aside; `roots` are the ids of every real item that any row is or descends
    from; `picked` are the ids of the synthetic rows.
    """

    rows: Examples
    real: int
    roots: frozenset[str]
    picked: tuple[str, ...]

    def weighted(self, weight: float) -> Examples:
        """Return the rows with `weight` times what each synthetic row weighs."""
        rows = self.rows
        return replace(rows, weight=np.where(rows.made, rows.weight * weight, rows.weight))


def untouched(arm: str, roots: Set[str], tested: Set[str]) -> None:
    """Raise ContaminationError if a training row is, or descends from, a test item (law 8, checked apart)."""
    touched = sorted(roots & tested)
    if touched:
        raise ContaminationError(
            say("Arm {arm} was about to train on test item {item} or what was made from it ({n} such items)",
                arm=arm, item=touched[0], n=len(touched)),
            where="study",
            next=say("This is an error in shisaku: please report it; no number was made from it"),
        )  # fmt: skip


def train_set(bench: Bench, arm: Arm, drawn: Drawn) -> TrainSet:
    """Build what `arm` trains on from the drawn real items and their descendants only.

    `oversample` k is weight k + 1 on every real row: the same loss as k more copies, so the same model. In a
    study that trains on made items only the real items are a catalogue: what descends from them is let in, and
    they themselves have nothing to train on. An arm that trains `alone` leaves its real items out too.
    """
    real = bench.data.real
    known_rows = _drawn(bench, arm, drawn)
    known = frozenset(real.ids[i] for i in known_rows)
    rows = NONE if bench.spec.train == "made" or arm.alone else known_rows
    examples = Examples(
        real.features[rows],
        _labels(bench, arm, rows),
        np.full(len(rows), 1.0 + arm.oversample),
        made=np.zeros(len(rows), dtype=bool),
        targets=real.targets[rows],
        groups=tuple(real.groups[i] for i in rows),
        ids=tuple(real.ids[i] for i in rows),
        media=tuple(real.media[i] for i in rows),
        views=real.views,
    )
    own = TrainSet(examples, len(rows), known if len(rows) else frozenset[str](), ())
    made = made_rows(bench, arm, drawn, known) if arm.stream else None
    return own if made is None or not len(made.picked) else _joined(bench, arm, own, made, drawn)


def _drawn(bench: Bench, arm: Arm, drawn: Drawn) -> Index:
    if arm.buy == "labels":
        return drawn.further(bought(bench.spec, arm))
    return drawn.more(arm.more_real) if arm.more_real > 1 else drawn.rows


def _labels(bench: Bench, arm: Arm, rows: Index) -> Index:
    """Return the codes that real training rows bear: the truth, unless the study plants wrong labels."""
    spec, real, truth = bench.spec, bench.data.real, bench.y[rows]
    told = noisy(spec, real, rows, truth, len(bench.classes))
    if arm.buy != "repairs" or not len(rows):
        return told
    return repaired(spec, real, rows, told, truth, bought(spec, arm))


def _joined(bench: Bench, arm: Arm, own: TrainSet, made: Made, drawn: Drawn) -> TrainSet:
    items = bench.data.streams[arm.stream]
    picked, real = made.picked, own.rows
    above = {p for i in picked for p in items.parents[i] if p in bench.place}
    weight = confidences(bench, arm, made, drawn)
    rows = Examples(
        np.concatenate([real.x, items.features[picked]]) if own.real else items.features[picked],
        np.concatenate([real.y, made.codes]),
        np.concatenate([real.weight, weight]),
        made=np.arange(own.real + len(picked)) >= own.real,
        targets=np.concatenate([real.targets, made.targets]) if own.real else made.targets,
        groups=(*real.groups, *(_group(bench, items, i) for i in picked)),
        ids=(*real.ids, *(items.ids[i] for i in picked)),
        media=(*real.media, *(items.media[i] for i in picked)),
        views=items.views,
    )
    lineage = own.roots | (above if bench.spec.train == "real" else frozenset())
    return TrainSet(rows, own.real, lineage, tuple(items.ids[i] for i in picked))


def _group(bench: Bench, items: Items, row: int) -> str:
    """Return the group of a made row's first real ancestor, which near-duplicates may have joined to another's."""
    above = next((bench.place[parent] for parent in items.parents[row] if parent in bench.place), None)
    return items.groups[row] if above is None else bench.data.real.groups[above]
