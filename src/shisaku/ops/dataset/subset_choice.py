"""Which of the made samples, taken together, look most like the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.score import Score
from shisaku.core.seed import rng_for
from shisaku.message import say
from shisaku.ops.dataset.two_sets import Looked, TwoSetMetric, TwoSets
from shisaku.ops.limits import within
from shisaku.stats.kernel_gap import Codes, Kernel, herded
from shisaku.stats.vendi import vendi_at

RANDOM = 50
VARIETY_AT = 500


@dataclass(frozen=True)
class SubsetChoice(TwoSetMetric):
    """Score a made sample by its place in a choice that looks as much as possible like the real ones: 1 is the first.

    Kernel herding (Chen, Welling and Smola 2010): one after the other, the sample is taken that makes the maximum mean
    discrepancy between those taken and the real ones least (Gaussian kernel on the features, width by the median
    heuristic). What was taken pushes its like away, `diversity` times as strongly as the discrepancy asks for: above 1
    the choice is more varied, 0 takes the most typical ones and copies of them. `raw` is the place, from 0; the score
    is 1 - place / n, so that a keep-rule ``{metric: choice, top: 0.5}`` keeps the chosen half. Beyond `share` of all
    samples the order is that of their mean kernel to the real ones. The Finding gives the squared discrepancy of all
    made samples and of those chosen with the 95 % interval of the change (400 bootstrap draws by entity), that of 50
    random choices of equal size, and the Vendi score of both at an equal number of samples.

    What it finds: of 300 made digits (features: pixels) every other one was turned; of the turned ones the chosen half
    kept 14 % at 90 degrees, 20 % at 45, 26 % at 30, 39 % at 10, and 50 % where none was turned (6 divisions, 200 real
    ones). Where all made samples were shifted alike there was nothing to choose, and the classifier got worse.
    When it hurts: it keeps what is like the real samples, and drops what they lack: with few real samples that is the
    variety made samples are for. It sees what the features see and no labels: ask within a class, or look at shares
    with `dataset.imported_bias` afterwards. It is a choice on the real training items, so it must be made from these
    alone.

    Example::

        - {name: choice, op: dataset.subset_choice, from: made_features, reference: task_features, with: {share: 0.5}}
    """

    name: ClassVar[str] = "dataset.subset_choice"
    thresholds: ClassVar[frozenset[str]] = frozenset(
        {"transform", "share", "diversity", "at_least", "looked_at", "seed"}
    )

    share: float = 0.5
    diversity: float = 1.0
    at_least: int = 20
    looked_at: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        within("share", self.share, 0.0, 1.0)
        within("diversity", self.diversity, 0.0, 100.0)
        within("at_least", self.at_least, 4, 1e9)
        within("looked_at", self.looked_at, 10, 10_000)

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per made sample, by sample id."""
        sets = TwoSets.of(state, self.transform)
        if not sets.made:
            return []
        places = np.empty(len(sets.made), np.intp)
        places[self._order(sets)] = np.arange(len(sets.made))
        return [
            Score(name, self.name, 1.0 - int(place) / len(sets.made), float(place))
            for name, place in zip(sets.made, places, strict=True)
        ]

    def _wanted(self, n: int) -> int:
        return max(1, round(self.share * n))

    def _order(self, sets: TwoSets) -> Codes:
        kernel = self._kernel(sets)
        chosen = herded(sets.made_rows, sets.real_rows, self._wanted(len(sets.made)), kernel, self.diversity)
        pull = kernel.mean_to(sets.made_rows, sets.real_rows)
        rest = np.setdiff1d(np.arange(len(sets.made)), chosen)
        return np.concatenate([chosen, rest[np.argsort(-pull[rest], kind="stable")]])

    def _kernel(self, sets: TwoSets) -> Kernel:
        # The real rows alone give the width, so that odd made ones cannot widen it until nothing is odd.
        return Kernel.of(sets.real_rows, rng_for(self.seed, self.name, "kernel"))

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the gap and the variety of the chosen samples, beside those of all and of random choices."""
        sets = TwoSets.of(state, self.transform)
        n = len(sets.made)
        if min(n, len(sets.real)) < self.at_least:
            what = say(
                "No choice was compared: it takes {wanted} made and as many real samples, and there are {made} and "
                "{real}",
                wanted=self.at_least,
                made=n,
                real=len(sets.real),
            )
            return [Finding("choice_not_compared", what, "note", n=n)]
        chosen = self._order(sets)[: self._wanted(n)]
        held = np.zeros(n)
        held[chosen] = 1.0
        looked = Looked.at(sets, self.looked_at, rng_for(self.seed, self.name, "gap"))
        found = looked.change(held)
        low, high = looked.of_random(len(chosen) / n, RANDOM)
        variety = [self._variety(sets, places) for places in (chosen, np.arange(n))]
        what = say(
            "The chosen {chosen} of {n} have a squared discrepancy (MMD) of {after:.5f}, all {before:.5f}, random ones "
            "{low:.5f} to {high:.5f}; of {at} chosen samples {vendi:.1f} count as different, of {at} of all "
            "{vendi_all:.1f}",
            chosen=len(chosen),
            n=n,
            after=found.after,
            before=found.before,
            low=low,
            high=high,
            at=min(len(chosen), VARIETY_AT),
            vendi=variety[0],
            vendi_all=variety[1],
        )
        row = {"before": found.before, "after": found.after, "random_low": low, "random_high": high,
               "vendi_chosen": variety[0], "vendi_all": variety[1], "n_chosen": len(chosen)}  # fmt: skip
        samples = tuple(sets.made[place] for place in chosen[:20])
        change = found.after - found.before
        return [Finding("chosen_subset", what, "note", change, found.low, found.high, n, None, samples, (row,))]

    def _variety(self, sets: TwoSets, places: Codes) -> float:
        rows = sets.made_rows[places]
        rows = rows[np.linalg.norm(rows, axis=1) > 0]
        size = min(self._wanted(len(sets.made)), VARIETY_AT)
        rng = rng_for(self.seed, self.name, "variety")
        return float(np.median(vendi_at(rows, size, rng, 5))) if len(rows) else 0.0
