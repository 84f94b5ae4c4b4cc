"""Whether two parts of a sample, each usual by itself, belong together as they do elsewhere in the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.learn.neighbours import nearest_rows, unit_rows
from shisaku.learn.rows import transform_rows
from shisaku.message import say
from shisaku.ops.dataset.outlier import FEW, comparable
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.robust import robust_distance

Rows = npt.NDArray[np.float32]
BEST = 3  # a third of the usual neighbours: a text may fit several kinds of pictures, and need not be near all
FLOOR = 0.05


@dataclass(frozen=True)
class OddPair(Metric):
    """Score whether samples with a like one part (a text) have a like other part (a picture).

    Both parts are seen through features. Of the `neighbours` nearest of a sample by the one, the three nearest
    by the other are taken, and their mean cosine by the other is set against that of its nearest by the other at all.
    That gap, taken both ways and each divided by the robust spread of the nearest cosines, is `raw` as a sum: 0 where
    neighbours by one are neighbours by the other, large where a combination is rare although either part has company.
    An issue is a gap so far above the median that only the share `alarms` of ordinary pairs would be, were the gaps
    normal (robust standard deviations, `stats.robust`). The score is 0.5 there. No model of both kinds of parts is
    needed: the data themselves say what goes together, in any language the features know.

    What it finds: among 785 pictures with English captions (image.embed, text.embed), captions that changed places:
    0.75 of 8, 0.62 of 24, 0.60 of 78, 0.35 of 157 and 0.19 of 314, at 2.4 % false alarms. So it has no limit by the
    rule of 0.8, and the more are wrong the fewer it finds, because what is common is not rare.
    When it hurts: samples that are unlike all others in one part have no neighbours to ask. A pair that is rare and
    right is called too, and so is everything new in the data. Captions swapped within a class are not seen.

    Example::

        - {name: odd_pairs, op: dataset.odd_pair, from: both, with: {first: features, second: text_features}}
    """

    name: ClassVar[str] = "dataset.odd_pair"
    reads: ClassVar[Mapping[str, Kind]] = {"first": "embedding", "second": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"neighbours", "alarms"})
    tolerance: ClassVar[float] = 1e-2

    first: str = "features"
    second: str = "text_features"
    neighbours: int = 10
    alarms: float = 0.05

    def __post_init__(self) -> None:
        part_names(first=self.first, second=self.second)
        within("neighbours", self.neighbours, BEST, 1000)
        within("alarms", self.alarms, 1e-9, 0.5)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> features of both parts."""
        return dict(measurable(batch, lambda sample: [vector_of(sample, part) for part in (self.first, self.second)]))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample with as many features as most have, by sample id."""
        from scipy.stats import norm

        names = comparable({name: len(pair[0]) for name, pair in state.items()})
        names = comparable({name: len(state[name][1]) for name in names})
        gaps = self._gaps([state[name] for name in names])
        limit = float(norm.isf(self.alarms))
        made = []
        for name, gap, far in zip(names, gaps.tolist(), robust_distance(gaps, FLOOR).tolist(), strict=True):
            out = max(0.0, far) if len(names) >= FEW else 0.0
            issue = out >= limit > 0.0
            reason = say("Rare together: samples alike in {first} are not alike in {second} "
                         "({out:.1f} robust standard deviations)",
                         first=self.first, second=self.second, out=out)  # fmt: skip
            made.append(Score(name, self.name, lower_is_better(out, limit), gap, issue, reason if issue else None))
        return made

    def _gaps(self, pairs: Sequence[Any]) -> npt.NDArray[np.float64]:
        if len(pairs) <= BEST:
            return np.zeros(len(pairs))
        one, other = (
            unit_rows(
                np.asarray(transform_rows(np.stack([pair[side] for pair in pairs]).astype(np.float64), "sqrt_l2"))
            )
            for side in (0, 1)
        )
        k = min(self.neighbours, len(pairs) - 1)
        near_one, near_other = nearest_rows(one, one, k, same=True), nearest_rows(other, other, k, same=True)
        return _gap(one, near_one[1], near_other[0]) + _gap(other, near_other[1], near_one[0])


def _gap(rows: Rows, nearest: Rows, by_other: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return how much nearer the nearest are than the best of those that the other part names, in spreads."""
    cosines = np.stack([np.einsum("nd,nd->n", rows, rows[place]) for place in by_other.T], axis=1)
    best = np.sort(cosines, axis=1)[:, -BEST:].mean(axis=1, dtype=np.float64)
    usual = nearest.mean(axis=1, dtype=np.float64)
    spread = max(float(np.subtract(*np.percentile(usual, [75, 25]))) / 1.349, 1e-3)
    gap: npt.NDArray[np.float64] = (usual - best) / spread
    return gap
