"""Keep-rules over scores, and the random control of the same size. Pure: ids and numbers in, ids and Drops out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.core.drop import Drop
from shisaku.core.recipe import Keep, Rule
from shisaku.core.seed import key_for
from shisaku.message import Message, say
from shisaku.registry.streams import CONTROL

OP = "keep"
Values = Mapping[str, float]
Ends = tuple[frozenset[str] | None, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Sifted:
    """Ids that stay, sorted, and a Drop for each that does not."""

    kept: tuple[str, ...]
    drops: tuple[Drop, ...]


def sift(keep: Keep, ids: Sequence[str], scores: Mapping[str, Values], seed: int) -> Sifted:
    """Return which of `ids` obey all rules; `scores` is metric step -> sample id -> score in [0, 1].

    `top` keeps the best share of the samples that have a score, `bottom` the lowest, rounded up; equal scores are
    told apart by a key of (seed, keep, sample id), so that neither position nor spelling of an id decides. A sample
    without a score is dropped and says so.
    """
    ends = {rule: _ends(rule, keep, ids, scores.get(rule.metric, {}), seed) for rule in keep.rules}
    kept: list[str] = []
    drops: list[Drop] = []
    for sample in sorted(ids):
        drop = next(filter(None, (_fault(rule, keep, sample, scores, ends[rule]) for rule in keep.rules)), None)
        if drop is None:
            kept.append(sample)
        else:
            drops.append(drop)
    return Sifted(tuple(kept), tuple(drops))


def control(keep: Keep, ids: Sequence[str], size: int, seed: int) -> Sifted:
    """Return `size` of `ids` drawn at random, by a key of (seed, ``<keep>.random``, sample id) and nothing else."""
    name = keep.name + CONTROL
    drawn = set(sorted(ids, key=lambda sample: key_for(seed, name, sample))[:size])
    reason = say("Left out at random, so that {name} is as large as {keep}", name=name, keep=keep.name)
    left = [Drop(sample, name, OP, reason) for sample in sorted(ids) if sample not in drawn]
    return Sifted(tuple(sorted(drawn)), tuple(left))


def _ends(rule: Rule, keep: Keep, ids: Sequence[str], values: Values, seed: int) -> Ends:
    """Return who is in the best share and who in the lowest; None where the rule does not ask."""
    scored = [sample for sample in ids if sample in values]

    def first(share: float | None, sign: int) -> frozenset[str] | None:
        if share is None:
            return None
        # The small number takes back what binary fractions add: 0.1 of 30 is 3, not 4.
        size = math.ceil(share * len(scored) - 1e-9)
        order = sorted(scored, key=lambda sample: (sign * values[sample], key_for(seed, keep.name, sample)))
        return frozenset(order[:size])

    return first(rule.top, -1), first(rule.bottom, 1)


def _fault(rule: Rule, keep: Keep, sample: str, scores: Mapping[str, Values], ends: Ends) -> Drop | None:
    score = scores.get(rule.metric, {}).get(sample)
    if score is None:
        return Drop(sample, keep.name, OP, say("{metric} gave it no score", metric=rule.metric))
    reason = _beyond(rule, score) or _outside(rule, sample, score, ends)
    return None if reason is None else Drop(sample, keep.name, OP, reason, score)


def _beyond(rule: Rule, score: float) -> Message | None:
    if rule.minimum is not None and score < rule.minimum:
        return say(
            "{metric} is {score:.3f}, below {minimum:.3f}", metric=rule.metric, score=score, minimum=rule.minimum
        )
    if rule.maximum is not None and score > rule.maximum:
        return say(
            "{metric} is {score:.3f}, above {maximum:.3f}", metric=rule.metric, score=score, maximum=rule.maximum
        )
    return None


def _outside(rule: Rule, sample: str, score: float, ends: Ends) -> Message | None:
    best, lowest = ends
    if best is not None and sample not in best:
        return say(
            "{metric} is {score:.3f}, not among the best {top:.0%}",
            metric=rule.metric,
            score=score,
            top=rule.top or 0.0,
        )
    if lowest is not None and sample not in lowest:
        return say(
            "{metric} is {score:.3f}, not among the lowest {bottom:.0%}",
            metric=rule.metric,
            score=score,
            bottom=rule.bottom or 0.0,
        )
    return None
