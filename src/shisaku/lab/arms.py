"""What each arm trains on: real rows, and beside them what `made_rows` lets in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shisaku.core.recipe import Arm
from shisaku.errors import ContaminationError
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index
from shisaku.lab.made import Drawn, Made, made_rows
from shisaku.message import say

NONE: Index = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class TrainSet:
    """Rows `x` [n, d], codes `y`, weights before tuning `w`; `made` marks synthetic rows (their weight is tuned).

    `targets` [n, m] are what retrieval learns, `groups` the real items that must not be divided when a learner
    looks at held-out rows. `real` counts real items, `oversample` aside; `roots` are the ids of every real item
    that any row is or descends from; `picked` are the ids of the synthetic rows.
    """

    x: npt.NDArray[np.float32]
    y: Index
    w: npt.NDArray[np.float64]
    made: npt.NDArray[np.bool_]
    real: int
    roots: frozenset[str]
    picked: tuple[str, ...]
    targets: npt.NDArray[np.float32]
    groups: tuple[str, ...]

    def weighted(self, weight: float) -> npt.NDArray[np.float64]:
        """Return the row weights with `weight` per synthetic row."""
        return np.where(self.made, self.w * weight, self.w)


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
    they themselves have nothing to train on.
    """
    real = bench.data.real
    drawn_rows = drawn.more(arm.more_real) if arm.more_real > 1 else drawn.rows
    known = frozenset(real.ids[i] for i in drawn_rows)
    rows = NONE if bench.spec.train == "made" else drawn_rows
    roots = known if len(rows) else frozenset[str]()
    own = TrainSet(
        real.features[rows], bench.y[rows], np.full(len(rows), 1.0 + arm.oversample), np.zeros(len(rows), dtype=bool),
        len(rows), roots, (), real.targets[rows], tuple(real.groups[i] for i in rows),
    )  # fmt: skip
    made = made_rows(bench, arm, drawn, known) if arm.stream else None
    return own if made is None or not len(made.picked) else _joined(bench, arm, own, made)


def _joined(bench: Bench, arm: Arm, own: TrainSet, made: Made) -> TrainSet:
    items = bench.data.streams[arm.stream]
    x = items.features[made.picked]
    above = {p for i in made.picked for p in items.parents[i] if p in bench.place}
    return TrainSet(
        np.concatenate([own.x, x]) if own.real else x,
        np.concatenate([own.y, made.codes]),
        np.concatenate([own.w, np.ones(len(made.picked))]),
        np.arange(own.real + len(made.picked)) >= own.real,
        own.real,
        own.roots | (above if bench.spec.train == "real" else frozenset()),
        tuple(items.ids[i] for i in made.picked),
        np.concatenate([own.targets, made.targets]) if own.real else made.targets,
        (*own.groups, *(items.groups[i] for i in made.picked)),
    )
