"""What each arm trains on. Training rows made from real items come through one door: `only_from_train`."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shisaku.core.recipe import Arm
from shisaku.core.seed import rng_for
from shisaku.errors import ContaminationError
from shisaku.lab import gates
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index, Items
from shisaku.message import say

NONE: Index = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The real items one model may know: `rows` to train on, `more` for the oracle (k -> rows), and a key."""

    rows: Index
    more: Callable[[int], Index]
    key: str
    banned: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class TrainSet:
    """Rows `x` [n, d], codes `y`, weights before tuning `w`; `made` marks synthetic rows (their weight is tuned).

    `real` counts real items, `oversample` aside; `roots` are the ids of every real item that any row is or
    descends from; `picked` are the ids of the synthetic rows.
    """

    x: npt.NDArray[np.float32]
    y: Index
    w: npt.NDArray[np.float64]
    made: npt.NDArray[np.bool_]
    real: int
    roots: frozenset[str]
    picked: tuple[str, ...]

    def weighted(self, weight: float) -> npt.NDArray[np.float64]:
        """Return the row weights with `weight` per synthetic row."""
        return np.where(self.made, self.w * weight, self.w)


def only_from_train(children: Items, train: Set[str], real: Set[str], pools: Set[str]) -> Index:
    """Return the positions of the children all of whose real ancestors are in `train`. The only door.

    Raises ContaminationError for a child with no real ancestor, or with one that is neither a real item of
    the study nor declared pool material.
    """
    kept = []
    for i, ancestors in enumerate(children.parents):
        mine = [ancestor for ancestor in ancestors if ancestor in real]
        strangers = [ancestor for ancestor in ancestors if ancestor not in real and ancestor not in pools]
        if strangers or not mine:
            raise ContaminationError(
                say("It is not known that {child} comes only from training items: {why}",
                    child=children.ids[i], why=", ".join(strangers) or "no ancestor"),
                where="only_from_train",
                next=say("Name its pool in the recipe, or bring rows without ancestors through `rows`"),
            )  # fmt: skip
        if train >= set(mine):
            kept.append(i)
    return np.array(kept, dtype=np.intp)


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

    `oversample` k is weight k + 1 on every real row: the same loss as k more copies, so the same model.
    """
    real = bench.data.real
    rows = drawn.more(arm.more_real) if arm.more_real > 1 else drawn.rows
    known = frozenset(real.ids[i] for i in rows)
    stream = arm.add or arm.rows
    picked = _synthetic(bench, arm, drawn, known) if stream else NONE
    x, y = real.features[rows], bench.y[rows]
    w = np.full(len(rows), 1.0 + arm.oversample)
    roots, ids = known, tuple[str, ...]()
    if len(picked):
        made = bench.data.streams[stream]
        x = np.concatenate([x, made.features[picked]])
        y = np.concatenate([y, _labels(bench, arm, picked, known, drawn.key)])
        w = np.concatenate([w, np.ones(len(picked))])
        roots = known | {p for i in picked for p in made.parents[i] if p in bench.place}
        ids = tuple(made.ids[i] for i in picked)
    flag = np.arange(len(y)) >= len(rows)
    return TrainSet(x, y, w, flag, len(rows), frozenset(roots), ids)


def _synthetic(bench: Bench, arm: Arm, drawn: Drawn, known: frozenset[str]) -> Index:
    if arm.add:
        made = bench.data.streams[arm.add]
        picked = only_from_train(made, known, bench.place.keys(), bench.data.pools)
    else:
        made = bench.data.streams[arm.rows]
        picked = np.array([i for i, item in enumerate(made.ids) if item not in drawn.banned], dtype=np.intp)
    picked = picked[bench.codes[arm.add or arm.rows][picked] >= 0]
    if arm.keep is not None:
        return gates.best(bench, arm, picked, drawn.rows)
    if arm.random_keep is not None:
        size = gates.kept_size(arm.random_keep, len(picked))
        rng = rng_for(bench.spec.split_seed, f"random_keep {arm.name}", drawn.key)
        return np.sort(rng.choice(picked, size=size, replace=False))
    return picked


def _labels(bench: Bench, arm: Arm, picked: Index, known: frozenset[str], key: str) -> Index:
    """Codes of the synthetic rows; for the placebo, permuted by first real ancestor (or by row without one)."""
    stream = arm.add or arm.rows
    codes = bench.codes[stream][picked]
    if not arm.shuffle:
        return codes
    rng = rng_for(bench.spec.split_seed, f"shuffle {arm.name}", key)
    if arm.rows:
        return rng.permutation(codes)
    parents = bench.data.streams[stream].parents
    first = [next(p for p in parents[i] if p in known) for i in picked]
    named = sorted(set(first))
    own = [int(bench.y[bench.place[p]]) for p in named]
    given = dict(zip(named, rng.permutation(own), strict=True))
    return np.array([given[p] for p in first], dtype=np.intp)
