"""The chance that a plan ends in ADOPT, over the ranges of the form: a simulation, not evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.draws import Worlds
from shisaku.lab.poc.looks import Bools, Ends, looks_of, play
from shisaku.stats.proportions import clopper_pearson


@dataclass(frozen=True, slots=True)
class Chance:
    """A share of simulated worlds, with the exact 95 % interval of its Monte Carlo error."""

    share: float
    low: float
    high: float
    worlds: int

    @classmethod
    def of(cls, hits: int, n: int) -> Chance:
        """Return `hits` of `n` worlds as a share."""
        return cls(hits / n, *clopper_pearson(hits, n), n)


@dataclass(frozen=True, slots=True)
class Simulator:
    """A form, the worlds it allows and one margin: plans of any size are played in the same worlds."""

    form: PocForm
    worlds: Worlds
    margin: float
    seed: int

    def play(self, labels: int) -> Ends | None:
        """Play the plan that buys so many labels; None where it has nothing to test or train on."""
        return play(self.form, looks_of(self.form, labels), self.worlds, self.margin, self.seed)

    def adopts(self, labels: int) -> Chance:
        """Return how often the plan that buys so many labels ends in ADOPT."""
        ends = self.play(labels)
        return self.share(np.zeros(len(self.worlds), dtype=bool) if ends is None else ends.adopted)

    def share(self, hit: Bools) -> Chance:
        """Return the share of worlds that were hit."""
        return Chance.of(int(np.count_nonzero(hit)), len(self.worlds))

    def worth_it(self) -> Chance:
        """Return how often the true gain is above the margin: with no number of items is ADOPT deserved more often."""
        return self.share(self.worlds.gain > self.margin)
