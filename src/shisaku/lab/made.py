"""Which made items an arm trains on, under which labels. What was made from real items comes through one door."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shisaku.core.arm import Arm
from shisaku.core.seed import rng_for
from shisaku.errors import ContaminationError
from shisaku.lab import gates
from shisaku.lab.bench import Bench
from shisaku.lab.items import Index, Items
from shisaku.lab.nearest import nearest_rows
from shisaku.lab.purchase import bought
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Drawn:
    """The real items one model may know: `rows` to train on, `more` for the oracle (k -> rows), and a key.

    `further` gives `rows` and as many more as are asked for (as far as there are), classes in turn.
    `banned` are synthetic items that no arm of the split may train on: copies of its test items.
    """

    rows: Index
    more: Callable[[int], Index]
    key: str
    further: Callable[[int], Index]
    banned: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Made:
    """Made items by position in their stream, the class codes they are trained under, and their targets [n, m]."""

    picked: Index
    codes: Index
    targets: npt.NDArray[np.float32]


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


def made_rows(bench: Bench, arm: Arm, drawn: Drawn, known: frozenset[str]) -> Made:
    """Return what `arm` trains on beside the `known` real items: drawn, planted, gated and shuffled as it asks."""
    made = bench.data.streams[arm.stream]
    picked = np.arange(len(made.ids))
    if arm.add:
        picked = only_from_train(made, known, bench.place.keys(), bench.data.pools)
    picked = np.array([i for i in picked if made.ids[i] not in drawn.banned], dtype=np.intp)
    if arm.nearest:
        picked, codes = nearest_rows(bench, arm, picked, drawn.rows)
    else:
        picked = picked[bench.codes[arm.stream][picked] >= 0]
        codes = bench.codes[arm.stream][picked]
    part = _part(bench, arm, made, picked, drawn)
    picked, codes = picked[part], codes[part]
    if arm.plant:
        codes = planted(bench, arm.plant, [made.ids[i] for i in picked], codes, drawn.key)
    stay = _gated(bench, arm, picked, codes, drawn)
    picked, codes = picked[stay], codes[stay]
    targets = made.targets[picked]
    if not arm.shuffle:
        return Made(picked, codes, targets)
    swap = _swapped(bench, arm, made, picked, drawn.key)
    return Made(picked, codes[swap], targets[swap])


def _part(bench: Bench, arm: Arm, made: Items, picked: Index, drawn: Drawn) -> Index:
    """Return which of `picked` the arm asks for, by position; of two arms that draw alike, one holds the other.

    First the items with a drawn value of a fact, then as many of these at random as its ratio or its money gives.
    """
    places, seed = np.arange(len(picked)), bench.spec.split_seed
    if arm.draw is not None:
        column = made.facts[arm.draw.by]
        values = sorted({column[i] for i in picked})
        order = rng_for(seed, f"draw {arm.draw.by}", drawn.key).permutation(len(values))
        chosen = {values[i] for i in order[: arm.draw.n]}
        places = np.array([place for place in places if column[picked[place]] in chosen], dtype=np.intp)
    if arm.ratio is None and arm.buy != "made":
        return places
    n = bought(bench.spec, arm) if arm.buy == "made" else round(float(arm.ratio or 0) * len(drawn.rows))
    order = rng_for(seed, f"ratio {arm.stream}", drawn.key).permutation(len(places))
    return np.sort(places[order[:n]])


def planted(bench: Bench, share: float, ids: Sequence[str], codes: Index, key: str) -> Index:
    """Return the codes with `share` of them (on average) exchanged for another class: a fault put there on purpose.

    An item's fault depends on the item and the split only, so that a gate and its control see the same faults.
    """
    n = len(bench.classes)
    rngs = [rng_for(bench.spec.split_seed, f"plant {share}", f"{key}/{item}") for item in ids]
    faults = [1 + int(rng.integers(n - 1)) if rng.random() < share else 0 for rng in rngs]
    return (codes + np.array(faults, dtype=np.intp)) % n


def _gated(bench: Bench, arm: Arm, picked: Index, codes: Index, drawn: Drawn) -> Index:
    """Return which of `picked` stay, by position: those the arm's gate keeps, or as many at random."""
    if arm.keep is not None:
        return gates.best(bench, arm, picked, codes, drawn.rows)
    if arm.random_keep is None:
        return np.arange(len(picked))
    size = gates.kept_size(arm.random_keep, len(picked))
    rng = rng_for(bench.spec.split_seed, f"random_keep {arm.name}", drawn.key)
    return np.sort(rng.choice(len(picked), size=size, replace=False))


def _swapped(bench: Bench, arm: Arm, made: Items, picked: Index, key: str) -> Index:
    """Return for each of `picked` the position whose label it gets: permuted by first ancestor, or by item."""
    rng = rng_for(bench.spec.split_seed, f"shuffle {arm.name}", key)
    above = [made.parents[i] or (made.ids[i],) for i in picked]
    first = [next((parent for parent in parents if parent in bench.place), parents[0]) for parents in above]
    named = sorted(set(first))
    holder = {name: place for place, name in reversed(list(enumerate(first)))}
    given = dict(zip(named, rng.permutation([holder[name] for name in named]), strict=True))
    return np.array([given[name] for name in first], dtype=np.intp)
