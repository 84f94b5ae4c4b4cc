"""Grouped train/test splits of the real items, the same wherever and in whatever order they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.core.study_spec import StudySpec
from shisaku.lab.items import Index, Items


@dataclass(frozen=True, slots=True)
class Split:
    """One division of the real items by position: `pool` per class in drawing order, and `test`."""

    index: int
    pool: Mapping[str, Index]
    test: Index

    def train(self, shots: int, times: int = 1) -> Index:
        """Return the first `shots` x `times` items of each class's pool (0 shots: all of it), in order."""
        parts = [order[: shots * times] if shots else order for order in self.pool.values()]
        return np.sort(np.concatenate(parts))

    def further(self, shots: int, n: int) -> Index:
        """Return what `train` returns and the next `n` items of the pools, classes in turn, as far as there are any."""
        left = [list(order[shots:]) if shots else [] for order in self.pool.values()]
        turns = [row for k in range(max(map(len, left), default=0)) for rest in left for row in rest[k : k + 1]]
        return np.sort(np.concatenate([self.train(shots), np.array(turns[:n], dtype=np.intp)]))


def split_of(spec: StudySpec, real: Items, index: int) -> Split:
    """Return split number `index` of a study; a catalogue (`train` ``made``) is known as a whole and never split."""
    if spec.train == "real":
        return split_items(real, spec.test_share, spec.split_seed, index)
    labels = np.array(real.labels)
    pools = {str(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
    return Split(index, pools, np.zeros(0, dtype=np.intp))


def split_items(items: Items, test_share: float, split_seed: int, index: int) -> Split:
    """Divide `items` so that no group straddles.

    Groups are shuffled; one goes to the pool while any of its classes still lacks pool items (1 - test_share
    of the class), else to the test. A class always keeps its last group for the test, as far as its groups
    are not shared with other classes.
    """
    labels, groups = np.array(items.labels), np.array(items.groups)
    order = _shuffled(items, split_seed, index)
    wanted = {label: (1 - test_share) * n for label, n in zip(*np.unique(labels, return_counts=True), strict=True)}
    left = {label: len(np.unique(groups[labels == label])) for label in wanted}
    got = dict.fromkeys(wanted, 0)
    pool: list[int] = []
    test: list[int] = []
    for members in order:
        mine = {str(labels[i]) for i in members}
        lacking = any(got[label] < wanted[label] - 1e-9 for label in mine)
        last = any(left[label] == 1 and got[label] > 0 for label in mine) and not _tested(mine, test, labels)
        chosen = pool if lacking and not last else test
        chosen += members
        for label in mine:
            left[label] -= 1
        for i in members:
            got[str(labels[i])] += chosen is pool
    pools = {str(label): np.array([i for i in pool if labels[i] == label], dtype=np.intp) for label in wanted}
    return Split(index, pools, np.sort(np.array(test, dtype=np.intp)))


def _tested(mine: set[str], test: Sequence[int], labels: np.ndarray[tuple[int], np.dtype[np.str_]]) -> bool:
    return mine <= {str(labels[i]) for i in test}


def _shuffled(items: Items, split_seed: int, index: int) -> list[list[int]]:
    """Return the groups in the order of this split, each with its members in the order of this split."""
    rng = rng_for(split_seed, "split", str(index))
    members: dict[str, list[int]] = {}
    for i in sorted(range(len(items)), key=lambda i: items.ids[i]):
        members.setdefault(items.groups[i], []).append(i)
    names = sorted(members, key=lambda name: items.ids[members[name][0]])
    order = [members[names[g]] for g in rng.permutation(len(names))]
    return [[mine[j] for j in rng.permutation(len(mine))] for mine in order]


def fold_of(items: Items, rows: Index, folds: int, split_seed: int, index: int) -> Index:
    """Return for each of `rows` (training positions) its inner fold, whole groups together.

    Groups of a class are dealt to folds in turn, so that classes stay as even as their groups allow.
    """
    rng = rng_for(split_seed, "folds", str(index))
    groups: dict[str, list[int]] = {}
    for place, i in sorted(enumerate(rows), key=lambda pair: items.ids[pair[1]]):
        groups.setdefault(items.groups[i], []).append(place)
    names = sorted(groups, key=lambda name: items.ids[rows[groups[name][0]]])
    result = np.zeros(len(rows), dtype=np.intp)
    dealt: dict[str, int] = {}
    for g in rng.permutation(len(names)):
        places = groups[names[g]]
        label = items.labels[rows[places[0]]]
        turn = dealt.setdefault(label, int(rng.integers(folds)))
        result[places] = turn % folds
        dealt[label] = turn + 1
    return result
