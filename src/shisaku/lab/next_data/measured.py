"""What offers are worth, measured on what is at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.core.progress import Progress, silent
from shisaku.core.seed import rng_for
from shisaku.lab.items import Items
from shisaku.lab.next_data.doubts import Doubts, wrong_labels_ahead
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.next_data.taught import Taught, mended, prepared, teach
from shisaku.lab.next_data.worth import Worth, worth
from shisaku.learn.learner import Learner
from shisaku.stats.estimate import DrawsEstimate, Estimate, Floats, TEstimate

DRAWS = 5000


@dataclass(frozen=True, slots=True)
class Measured:
    """The worth of offers with what it was read from, and the doubts about labels at hand (before any was mended).

    `sources` are the offers whose probe was bought.
    """

    worth: Worth
    taught: Taught
    doubts: Doubts
    sources: tuple[str, ...]

    def unused(self) -> tuple[str, ...]:
        """Return the sources whose first items are expected to harm: what was bought of them stays out of training."""
        return tuple(name for name in self.sources if float(self.worth.gain({name: 1.0}).mean()) < 0)

    def estimate(self, gain: Floats, level: float) -> Estimate:
        """Return a gain [1 + draws] with its interval, which will be read at the one-sided `level`.

        Expanded percentiles (`stats.estimate`): gains are skewed, most of all near 0. Student's t where the draws are
        too few for the level, as with many offers.
        """
        mean, free = float(gain.mean()), len(self.taught.scores) - 1.0
        found = DrawsEstimate(mean, gain[1:], free, "learning_curve")
        if math.isfinite(found.low(level)):
            return found
        return TEstimate(mean, float(gain[1:].std(ddof=1)), free, "learning_curve_t")


def measure(
    items: Items, offers: Sequence[Offer], learner: Learner | None = None, *, seed: int = 0, draws: int = DRAWS,
    doubts: Doubts | None = None, progress: Progress = silent,
) -> Measured:  # fmt: skip
    """Measure offers by what is at hand and by their probes; labels that were looked at again count as mended.

    `doubts` of these items are asked for anew unless they are given.
    """
    student, seen, probed = prepared(items, offers, learner)
    doubts = doubts or Doubts.of(seen, student, seed)
    looked = next((offer.looked for offer in offers if offer.kind == "repairs"), {})
    taught = teach(mended(seen, looked), probed, student, seed=seed, progress=progress)
    wrong = None
    if any(offer.kind == "repairs" for offer in offers):
        place = {id_: i for i, id_ in enumerate(items.ids)}
        told = {place[id_]: label != items.labels[place[id_]] for id_, label in looked.items()}
        wrong = wrong_labels_ahead(doubts, told, rng_for(seed, "next data wrong labels", ""), draws)
    found = worth(mended(seen, looked), probed, taught, wrong, rng_for(seed, "next data draws", ""), draws)
    sources = tuple(one.name for one in offers if one.kind == "source" and not one.unknown)
    return Measured(found, taught, doubts, sources)
