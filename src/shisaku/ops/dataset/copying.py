"""Whether made items lie nearer to the real items they were made from than to others of the same kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.metric import State
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.dataset.against_used import AgainstUsed
from shisaku.ops.dataset.nearer import Lists, lists_of, why_not
from shisaku.ops.dataset.used import get_holdout, how_known, maker_of
from shisaku.ops.limits import within
from shisaku.ops.outcome import measurable
from shisaku.stats.copy_share import Share
from shisaku.stats.nearest_apart import nearest_apart

DEEP = 32  # real neighbours kept of each made item
FEWEST_NEAREST = 20
TAILS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
EXAMPLES = 20


@dataclass(frozen=True)
class Copying(AgainstUsed):
    """Score a made item by whether its nearest real neighbour is one that was used to make it or one held out.

    Distances are Euclidean between features (rows transformed by `transform`). The groups that the item itself comes
    from (its own and its parents') count on neither side. `raw` is the distance to the nearest used item over that to
    the nearest held-out one, the score raw / (1 + raw): 0.5 is as near to both, 0 a copy; no single item is called an
    issue, because half of them lie below 0.5 by chance. The finding is the share of items nearer to a used item, as
    many being drawn of the larger side as the smaller has (in closed form over all draws); 0.5 is clean. Its 95 %
    interval is exact binomial (Clopper-Pearson) where every item stands alone, else a t interval of clusters, the wider
    of two: items of one parent group, and items near one real group. It is `bad` from a lower end above 0.5 + `margin`
    on. A second finding is the same share among the `nearest` share of items that lie nearest to any real one for the
    density there (nearest distance over that of the 10th, both sides together, so that the choice favours neither).
    Held out must be real items of the same kind that a random choice kept out of making, and not test items: `holdout`
    names a fact or label and its value; else a validation split is taken, or with `drawn` the real items whose groups
    are no parents'. Without such items, or with fewer than `at_least` groups on a side, nothing is said but how to get
    them. (The holdout test of distances to the closest record; see also Meehan et al., AISTATS 2020.)

    What it finds: exact copies among 500 MNIST digits (pixels; 500 used, 500 held out, 10 draws): the share over all
    from 20 % copies on (9 of 10 draws; 2 of 10 at 10 %), the share among the nearest from 5 % on (10 of 10; 4 of 10
    at 2 %), no alarm in 10 clean draws. Fewer copies are for dataset.authenticity and the judges of exact copies.
    When it hurts: it sees through the features; an item copied from its own parent is by design not counted. A share
    above 0.5 says that the set leans on what was used, not which items: for these see dataset.authenticity,
    dataset.exact_leak and image.near_leak. A holdout that was not drawn at random makes any share possible.

    Example::

        - {name: copying, op: dataset.copying, from: seen, reference: real, with: {holdout: {role: holdout}}}
    """

    name: ClassVar[str] = "dataset.copying"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"margin", "nearest", "at_least"})

    margin: float = 0.02
    nearest: float = 0.05
    at_least: int = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        within("margin", self.margin, 0.0, 0.5)
        within("nearest", self.nearest, 0.001, 1.0)
        within("at_least", self.at_least, 2, 1e9)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its maker, its own groups, what is known of the real items, and its nearest of them.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = self.real(reference)
        rows = measurable(batch, lambda sample: real.row_of(sample, self.features))
        if not rows:
            return {}
        by_id = {sample.id: sample for sample in batch}
        own = {name: real.own(by_id[name]) for name in rows}
        queries = np.stack(list(rows.values()))
        place, apart = nearest_apart(queries, real.rows, DEEP, [real.barred(own[name]) for name in rows])
        known = [real.way, *real.counts()]
        made = {}
        for name, places, far in zip(rows, place, apart, strict=True):
            there = places[places >= 0]
            made[name] = [
                maker_of(by_id[name]), by_id[name].entity, real.sizes(own[name]), known,
                [real.ids[i] for i in there], [real.names[real.groups[i]] for i in there],
                real.sides[there], far[: len(there)],
            ]  # fmt: skip
        return made

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample for which both sides are known, by sample id."""
        lists = lists_of(state)
        if lists is None:
            return []
        ratios = lists.ratios()
        return [
            Score(name, self.name, _value(ratio), ratio, None, self._reason(lists, i, ratio), lists.nearest[i])
            for i, (name, ratio) in enumerate(zip(lists.ids, ratios.tolist(), strict=True))
        ]

    def _reason(self, lists: Lists, i: int, ratio: float) -> Message:
        return say(
            "{ratio:.2f} times as far from the nearest used real item as from the nearest held-out one; nearest of "
            "all: {real}",
            ratio=ratio,
            real=lists.nearest[i],
        )

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share nearer to used items, over all and among the nearest, or why there is none."""
        lists = lists_of(state)
        if lists is None or lists.groups_used < self.at_least or lists.groups_held < self.at_least or lists.held_used:
            what = why_not(lists, self.at_least)
            return [Finding("copying_not_asked", what, "note", n=len(state), next=get_holdout())]
        order = np.argsort(lists.closeness, kind="stable")
        table = tuple(self._row(lists, order, share) for share in TAILS if share * len(order) >= FEWEST_NEAREST)
        whole = lists.share(np.arange(len(lists.ids)))
        made = [self._whole(lists, whole, table)]
        few = max(FEWEST_NEAREST, round(self.nearest * len(order)))
        if few < len(order):
            made.append(self._nearest(lists, order[:few], table))
        return made

    def _whole(self, lists: Lists, whole: Share, table: tuple[dict[str, Any], ...]) -> Finding:
        bad = whole.low > 0.5 + self.margin
        what = say(
            "{share:.1%} [{low:.1%}, {high:.1%}] of {n} made items lie nearer to a used real item than to a held-out "
            "one (50% is clean; {units} independent groups; {used} used, {held} held out; {how})",
            share=whole.value,
            low=whole.low,
            high=whole.high,
            n=len(lists.ids),
            units=whole.units,
            used=lists.n_used,
            held=lists.n_held,
            how=how_known(lists.way),
        )
        steps = tuple(
            {"step": maker, **_plain(lists.share(places))} for maker, places in sorted(lists.by_maker().items())
        )
        return Finding(
            "copying", what, "bad" if bad else "note", whole.value, whole.low, whole.high, len(lists.ids),
            _then() if bad else None, lists.worst(EXAMPLES) if bad else (), (*table, *steps),
        )  # fmt: skip

    def _nearest(self, lists: Lists, some: Any, table: tuple[dict[str, Any], ...]) -> Finding:
        share = lists.share(some)
        bad = share.low > 0.5 + self.margin
        what = say(
            "Of the {n} made items that lie nearest to real ones for the density there, {share:.1%} [{low:.1%}, "
            "{high:.1%}] lie nearer to a used item (50% is clean)",
            n=len(some),
            share=share.value,
            low=share.low,
            high=share.high,
        )
        return Finding(
            "copying_nearest", what, "bad" if bad else "note", share.value, share.low, share.high, len(some),
            _then() if bad else None, tuple(lists.ids[i] for i in some[:EXAMPLES]) if bad else (), table,
        )  # fmt: skip

    @staticmethod
    def _row(lists: Lists, order: Any, share: float) -> dict[str, Any]:
        some = order[: round(share * len(order))]
        return {"nearest": share, **_plain(lists.share(some))}


def _value(ratio: float) -> float:
    return 1.0 if ratio == float("inf") else ratio / (1.0 + ratio)


def _then() -> Message:
    return say(
        "Look at the nearest pairs, drop the copies, and make less from what is copied: see dataset.authenticity"
    )


def _plain(share: Share) -> dict[str, Any]:
    return {"share": share.value, "low": share.low, "high": share.high, "groups": share.units}
