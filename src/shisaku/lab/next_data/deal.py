"""What a purchase was good for: the score on hidden items after training on what was at hand and what was bought."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from shisaku.lab.items import Index
from shisaku.lab.next_data.doubts import Doubts
from shisaku.lab.next_data.taught import mended, scored
from shisaku.lab.next_data.world import World
from shisaku.learn.learner import Learner

Bought = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Deals:
    """Reveals what purchases in one world were good for; features are `prepared` for the student."""

    world: World
    student: Learner
    doubts: Doubts

    def score(self, bought: Bought, looks: Index | None = None, unused: Collection[str] = ()) -> float:
        """Return balanced accuracy on the hidden test items after buying these numbers of everything.

        Labels are looked at again in the order of `looks` (default: most doubted first). Offers in `unused` were paid
        for and are left out of training. Copies bear the labels that their parents have by then.
        """
        world = self.world
        seen = (self.doubts.order if looks is None else looks)[: bought.get("repairs", 0)]
        found = {world.hand.ids[i]: world.truth[i] for i in seen}
        hand = mended(world.hand, found)
        features, labels = [hand.features], list(hand.labels)
        now = dict(zip(hand.ids, hand.labels, strict=True))
        for name, goods in world.goods.items():
            n = 0 if name in unused else bought.get(name, 0)
            part = goods.take(range(n))
            features.append(part.features)
            labels += [now[parents[0]] for parents in part.parents] if name == "copies" else list(part.labels)
        truth = list(world.test.labels)
        return scored(self.student, np.concatenate(features), labels, world.test.features, truth)

    def looked_at(self, looks: Index) -> dict[str, str]:
        """Return what these labels turn out to be."""
        return {self.world.hand.ids[i]: self.world.truth[i] for i in looks}
