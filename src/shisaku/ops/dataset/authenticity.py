"""Whether a made item is more than a slight variation of one real item."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import State
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.alike.against import Once
from shisaku.ops.dataset.against_used import AgainstUsed
from shisaku.ops.dataset.used import HELD, Real, maker_of
from shisaku.ops.grade import higher_is_better
from shisaku.ops.limits import within
from shisaku.ops.outcome import measurable
from shisaku.stats.authenticity import Crowd
from shisaku.stats.copy_share import Share, share_of
from shisaku.stats.proportions import clopper_pearson

Floats = npt.NDArray[np.float64]
BASE = ""  # the entry of the real items themselves; no sample has this id
FAR = 1e6
FEWEST = 100  # real items; fewer have no hundredth
EXAMPLES = 20


@dataclass(frozen=True)
class Authenticity(AgainstUsed):
    """Score a made item by how near it lies to its nearest real item for how near that one's own neighbours lie.

    `raw` is the distance to the nearest used real item over the distance from that one to its nearest other (Euclidean,
    features transformed by `transform`; the item's own and its parents' groups count on neither side, nor do test items
    nor, where `holdout` or a validation split names them, items held out). Above 1 the item is authentic in the sense
    of Alaa et al. (ICML 2022). As about half of fresh real items are not, that is no reason to drop one: it is an issue
    if `raw` lies below the quantile `alarms` of the real items measured against each other in the same way; the score
    is 0.5 there. Findings: the share of authentic items (AuthPct) beside that of the real items, 95 % t intervals of
    clusters (parent groups, nearest groups; `stats.copy_share.share_of`), a warning where the two do not overlap; and
    the share that is an issue, bad where its interval lies above that of the real items at `alarms`.

    What it finds: on 450 stamps (image.embed), a third of them used, copies at JPEG quality 40 and up (recall 0.80 of
    15, 1.00 at 80), crops that keep 90 % of each side (0.80; mirrored 0.87) and whole mirrored pictures (1.00), false
    alarms 1.3 % of 150; on 3000 MNIST digits (pixels) copies under normal noise of 30 of 255 (0.91 of 100, exact
    1.00; false alarms 1.8 %). AuthPct warns from 20 % exact copies among 500 digits on (8 of 10 draws, 0 of 10
    clean), and the share that is too near is bad from 5 % on (10 of 10 draws, none at 2 %, 0 of 10 clean).
    When it hurts: it sees through the features, and compares with the reference only. Real data full of near copies
    that share no group make copies look authentic (their neighbours are as near); give such items one group first.
    Items of poor quality lie far from everything and are "authentic".

    Example::

        - {name: authentic, op: dataset.authenticity, from: seen, reference: real}
    """

    name: ClassVar[str] = "dataset.authenticity"
    together: ClassVar[bool] = False
    thresholds: ClassVar[frozenset[str]] = frozenset({"alarms"})

    alarms: float = 0.02

    def __post_init__(self) -> None:
        super().__post_init__()
        within("alarms", self.alarms, 1e-6, 0.5)
        object.__setattr__(self, "_crowd", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> its maker, group, nearest real item with its group, and `raw`; and the real ones' own.

        Raises RecipeError without a reference, DataError where the reference lacks features.
        """
        real = self.real(reference)
        rows = measurable(batch, lambda sample: real.row_of(sample, self.features))
        if not rows:
            return {}
        once: Once = getattr(self, "_crowd")  # noqa: B009
        taken, (crowd, base) = once.of(reference or (), lambda _: _crowd_of(real))
        by_id = {sample.id: sample for sample in batch}
        nearest, _, ratio = crowd.ratios(np.stack(list(rows.values())), [real.own(by_id[name]) for name in rows])
        made: State = {BASE: base}
        for name, place, one in zip(rows, nearest.tolist(), ratio.tolist(), strict=True):
            if np.isfinite(one) or one == np.inf:
                other = taken[place]
                group = real.names[real.group_of[other]]
                made[name] = [maker_of(by_id[name]), by_id[name].entity, other, group, min(one, FAR)]
        return made

    def _limit(self, state: Mapping[str, Any]) -> float:
        base = state[BASE][0]
        return float(np.quantile(base, self.alarms)) if len(base) >= FEWEST else 0.0

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per sample that has a real neighbour, by sample id."""
        return self._scores(state, self._limit(state)) if len(state) > 1 else []

    def _scores(self, state: Mapping[str, Any], limit: float) -> list[Score]:
        made = []
        for name in sorted(set(state) - {BASE}):
            _, _, other, _, ratio = state[name]
            # Where two real items coincide a copy of them is no nearer than real items are.
            issue = ratio < limit
            value = higher_is_better(ratio, limit) if limit else float(ratio > 0)
            made.append(Score(name, self.name, value, ratio, issue, self._reason(ratio, limit, other), other))
        return made

    def _reason(self, ratio: float, limit: float, other: str) -> Message:
        return say(
            "{ratio:.2f} times as far from {other} as that real item is from its nearest other (real items among "
            "themselves are below {limit:.2f} in {alarms:.1%} of cases)",
            ratio=ratio,
            other=other,
            limit=limit,
            alarms=self.alarms,
        )

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share of authentic items beside that of real ones, and the share that is too near."""
        scores = self.scores(state)
        if not scores:
            return []
        base, groups = state[BASE]
        if len(base) < FEWEST:
            what = say(
                "Authenticity was not asked: {n} real items have a neighbour of another group, and it takes {least}",
                n=len(base),
                least=FEWEST,
            )
            then = say("Give more real items as the reference; no fewer have a lowest hundredth to compare with")
            return [Finding("authenticity_not_asked", what, "note", n=len(scores), next=then)]
        real = share_of((base > 1.0).astype(np.float64), *groups.tolist())
        return [self._authentic(state, scores, real), self._too_near(state, scores)]

    def _authentic(self, state: Mapping[str, Any], scores: Sequence[Score], real: Share) -> Finding:
        made = self._share(state, scores, [score.raw > 1.0 for score in scores])
        poor = made.high < real.low
        what = say(
            "{share:.1%} [{low:.1%}, {high:.1%}] of {n} made items are authentic (AuthPct); of real items among "
            "themselves {real:.1%} [{real_low:.1%}, {real_high:.1%}] are",
            share=made.value,
            low=made.low,
            high=made.high,
            n=len(scores),
            real=real.value,
            real_low=real.low,
            real_high=real.high,
        )
        rows = []
        for maker in sorted({state[score.sample][0] for score in scores}):
            own = [score for score in scores if state[score.sample][0] == maker]
            one = self._share(state, own, [score.raw > 1.0 for score in own])
            rows.append({"step": maker, "authentic": one.value, "low": one.low, "high": one.high, "n": len(own)})
        return Finding(
            "authenticity", what, "warn" if poor else "note", made.value, made.low, made.high, len(scores),
            _then() if poor else None, _worst(scores) if poor else (), tuple(rows),
        )  # fmt: skip

    def _too_near(self, state: Mapping[str, Any], scores: Sequence[Score]) -> Finding:
        issues = [bool(score.issue) for score in scores]
        made = self._share(state, scores, issues)
        n = len(state[BASE][0])
        # The limit was learnt from so many real items only: their own share below it is as uncertain.
        bad = made.low > clopper_pearson(math.ceil(self.alarms * n), n)[1]
        what = say(
            "{count} of {n} made items ({share:.1%} [{low:.1%}, {high:.1%}]) lie nearer to a real item than "
            "{usual:.1%} of real items do among themselves",
            count=sum(issues),
            n=len(scores),
            share=made.value,
            low=made.low,
            high=made.high,
            usual=self.alarms,
        )
        return Finding(
            "too_near", what, "bad" if bad else "note", made.value, made.low, made.high, len(scores),
            _then() if any(issues) else None, _worst(scores) if any(issues) else (),
        )  # fmt: skip

    @staticmethod
    def _share(state: Mapping[str, Any], scores: Sequence[Score], what: Sequence[bool]) -> Share:
        entries = [state[score.sample] for score in scores]
        return share_of(np.array(what, np.float64), [e[1] for e in entries], [e[3] for e in entries])


def _crowd_of(real: Real) -> Any:
    """Return the ids of the used items, and them as a crowd with their own ratios and groups."""
    places = np.flatnonzero(real.sides != HELD)
    back = np.full(len(real.ids), -1, np.intp)
    back[places] = np.arange(len(places))
    members = [back[own][back[own] >= 0] for own in real.members]
    crowd = Crowd(real.rows[places], real.groups[places], members)
    nearest, ratio = crowd.among_themselves()
    fine = ~np.isnan(ratio)
    groups = np.stack([crowd.groups[fine], crowd.groups[nearest[fine]]]).astype(np.int32)
    base = [np.minimum(ratio[fine], FAR).astype(np.float32), groups]
    return [real.ids[i] for i in places], (crowd, base)


def _worst(scores: Sequence[Score]) -> tuple[str, ...]:
    return tuple(score.sample for score in sorted(scores, key=lambda score: (score.raw, score.sample))[:EXAMPLES])


def _then() -> Message:
    return say("Look at these beside their nearest real items, and drop those that are copies")
