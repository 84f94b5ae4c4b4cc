"""One world of the back-test: a little real data at hand, the rest hidden and for sale, and items to test on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shisaku.core.seed import key_for, rng_for
from shisaku.lab.items import Index, Items
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.splits import Split, split_items

NOISE = (0.0, 0.1, 0.25)  # of the labels that the annotator gives, one of these per world
RARE = (1.0, 0.3)  # items at hand of every other class, as a part of those of the others
PRICES = {"labels": 10.0, "rare labels": 14.0, "other labels": 10.0, "repairs": 4.0, "near": 8.0, "far": 4.0,
          "copies": 2.0}  # fmt: skip
APART = 3.0  # prices are drawn up to this factor above and below
MONEY_PER_ITEM = 7.5  # of budget, for every item at hand
FAR_WRONG = 0.3  # of the far source's labels
LABELS = ("labels", "rare labels", "other labels")


@dataclass(frozen=True, slots=True)
class Stock:
    """A real dataset with right labels, what was made of its items, and other collections of the same classes.

    An item of a source that shows a real item again, worse, bears its group: it is never sold where that item is tested
    or at hand. Of a large dataset every world takes another of `parts`, so that no two worlds share an item.
    """

    name: str
    real: Items
    made: Items
    near: Items
    far: Items
    per_class: int = 8
    test_share: float = 0.3
    parts: int = 1

    def part(self, number: int) -> Stock:
        """Return what world `number` is made of: groups fall to parts by their names, whatever their order."""
        if self.parts == 1:
            return self

        def mine(items: Items) -> Items:
            groups = items.groups
            return items.take([k for k in range(len(items)) if key_for(groups[k]) % self.parts == number % self.parts])

        return replace(self, real=mine(self.real), made=mine(self.made), near=mine(self.near), far=mine(self.far))


@dataclass(frozen=True, slots=True)
class World:
    """What a buyer has and may buy: `hand` with labels as told, `truth` its right labels, `goods` in their order."""

    hand: Items
    truth: tuple[str, ...]
    test: Items
    goods: Mapping[str, Items]
    prices: Mapping[str, float]
    classes: Mapping[str, tuple[str, ...]]
    budget: float
    noise: float

    def offers(self, bought: Mapping[str, int] | None = None, looked: Mapping[str, str] | None = None) -> list[Offer]:
        """Return what is on offer, with what was `bought` of it for a first look, and labels `looked` at again."""
        had = bought or {}
        found = []
        for name, price in self.prices.items():
            if name == "repairs":
                found.append(
                    Offer(name, "repairs", price, len(self.hand) - len(looked or {}), looked=looked or {})
                )  # fmt: skip
            elif name == "copies":
                found.append(Offer(name, "made", price, len(self.goods[name]), probe=self.goods[name]))
            elif name in LABELS:
                found.append(Offer(name, "labels", price, len(self.goods[name]), classes=self.classes[name]))
            else:
                n = had.get(name, 0)
                probe = self.goods[name].take(range(n)) if n else None
                found.append(Offer(name, "source", price, len(self.goods[name]) - n, probe=probe))
        return found


def draw_world(stock: Stock, seed: int, number: int) -> World:
    """Draw world `number` of a dataset: split, shares of classes, wrong labels, prices, and the order of delivery.

    Whether a label is wrong depends on the item alone: new labels come from the same annotator as those at hand. The
    far source has wrong labels of its own.
    """
    stock = stock.part(number)
    rng = rng_for(seed, f"world of {stock.name}", str(number))
    noise, part = float(rng.choice(NOISE)), float(rng.choice(RARE))
    split = split_items(stock.real, stock.test_share, seed, number)
    names = sorted(split.pool)
    rare = sorted(str(one) for one in rng.permutation(names)[: max(1, len(names) // 2)])
    hand, market = _dealt(stock, split, rare, part)
    told = _told(stock.real, noise, seed, number)
    at_hand = told.take(hand)
    first = _half(stock.real, market, rng)
    labelled = told.take(rng.permutation(first))
    others = sorted(set(names) - set(rare))
    taken = {stock.real.groups[i] for i in (*hand, *first, *split.test)}
    kin = _kin(stock.made, set(at_hand.ids))
    copies = stock.made.take(kin)
    labels = dict(zip(at_hand.ids, at_hand.labels, strict=True))
    copies = replace(copies, labels=tuple(labels[parents[0]] for parents in copies.parents))
    goods = {
        "labels": labelled.take(_as_at_hand(labelled, at_hand, rng)),
        "rare labels": _of(labelled, stock.real, rare),
        "other labels": _of(labelled, stock.real, others),
        "near": _told(_in_turn(stock.near, taken, rng), float(rng.choice(NOISE)), seed, number),
        "far": _told(_in_turn(stock.far, taken, rng), FAR_WRONG, seed, number),
        "copies": copies,
    }
    prices = {name: price * APART ** float(rng.uniform(-1, 1)) for name, price in PRICES.items()}
    classes = {"labels": (), "rare labels": tuple(rare), "other labels": tuple(others)}
    truth = tuple(stock.real.labels[i] for i in hand)
    budget = MONEY_PER_ITEM * len(hand)
    return World(at_hand, truth, stock.real.take(split.test), goods, prices, classes, budget, noise)


def _dealt(stock: Stock, split: Split, rare: Sequence[str], part: float) -> tuple[list[int], list[int]]:
    """Return which items are at hand and which for sale; no group is in both, and two are for sale for each at hand."""
    hand: list[int] = []
    for label, pool in split.pool.items():
        wanted = max(3, round(stock.per_class * (part if label in rare else 1.0)))
        hand += [int(i) for i in pool[: min(wanted, max(2, len(pool) // 3))]]
    mine = {stock.real.groups[i] for i in hand}
    rest = [int(i) for pool in split.pool.values() for i in pool]
    return sorted(hand), [i for i in sorted(rest) if stock.real.groups[i] not in mine]


def _told(items: Items, share: float, seed: int, number: int) -> Items:
    """Return the items with a share of the labels exchanged for another class, by the item's id alone."""
    names = sorted(set(items.labels))
    labels = []
    for id_, label in zip(items.ids, items.labels, strict=True):
        rng = rng_for(seed, f"told {number} {share}", id_)
        others = [name for name in names if name != label]
        labels.append(others[int(rng.integers(len(others)))] if rng.random() < share else label)
    return replace(items, labels=tuple(labels))


def _half(items: Items, rows: Sequence[int], rng: np.random.Generator) -> Index:
    """Return half of the rows, groups whole: they are sold with labels, the others stand behind the sources."""
    groups = sorted({items.groups[i] for i in rows})
    mine = {groups[k] for k in rng.permutation(len(groups))[: (len(groups) + 1) // 2]}
    return np.array([i for i in rows if items.groups[i] in mine], dtype=np.intp)


def _kin(made: Items, ids: set[str]) -> list[int]:
    """Return the rows whose parents are all at hand, one of every parent before the second of any."""
    mine = [place for place in range(len(made)) if set(made.parents[place]) <= ids]
    turn: dict[tuple[str, ...], int] = {}
    keyed = []
    for place in mine:
        parents = made.parents[place]
        keyed.append((turn.setdefault(parents, 0), place))
        turn[parents] += 1
    return [place for _, place in sorted(keyed)]


def _as_at_hand(items: Items, hand: Items, rng: np.random.Generator) -> list[int]:
    """Return rows in an order in which classes come as often as at hand, as long as there are any of a class."""
    left: dict[str, list[int]] = {}
    for place in range(len(items)):
        left.setdefault(items.labels[place], []).append(place)
    found: list[int] = []
    for draw in rng.integers(len(hand), size=len(items)):
        mine = left.get(hand.labels[draw])
        if mine:
            found.append(mine.pop(0))
    return found


def _of(items: Items, real: Items, labels: Sequence[str]) -> Items:
    """Return the items that truly are of these classes: a buyer asks for parts, the annotator names them."""
    truth = dict(zip(real.ids, real.labels, strict=True))
    return items.take([place for place in range(len(items)) if truth[items.ids[place]] in labels])


def _in_turn(source: Items, taken: set[str], rng: np.random.Generator) -> Items:
    """Return the items of a source that are of no group taken, one class after the other."""
    queues: dict[str, list[int]] = {}
    for place in rng.permutation(len(source)):
        if source.groups[place] not in taken:
            queues.setdefault(source.labels[place], []).append(int(place))
    order: list[int] = []
    while any(queues.values()):
        for label in sorted(queues):
            if queues[label]:
                order.append(queues[label].pop(0))
    return source.take(order)
