"""Keep-rules over scores, and the random control of the same size. Pure: ids and numbers in, ids and Drops out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.core.drop import Drop
from shisaku.core.recipe import Keep, Rule
from shisaku.core.seed import key_for
from shisaku.message import say
from shisaku.registry.streams import CONTROL

OP = "keep"
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sifted:
    """Ids that stay, sorted, and a Drop for each that does not."""

    kept: tuple[str, ...]
    drops: tuple[Drop, ...]


def sift(keep: Keep, ids: Sequence[str], scores: Mapping[str, Values], seed: int) -> Sifted:
    """Return which of `ids` obey all rules; `scores` is metric step -> sample id -> score in [0, 1].

    `top` keeps the best share of the samples that have a score, rounded up; equal scores are told apart by a
    key of (seed, keep, sample id), so that neither position nor spelling of an id decides. A sample without
    a score is dropped and says so.
    """
    best = {rule: _best(rule, keep, ids, scores.get(rule.metric, {}), seed) for rule in keep.rules if rule.top}
    kept: list[str] = []
    drops: list[Drop] = []
    for sample in sorted(ids):
        drop = next(filter(None, (_fault(rule, keep, sample, scores, best.get(rule)) for rule in keep.rules)), None)
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


def _best(rule: Rule, keep: Keep, ids: Sequence[str], values: Values, seed: int) -> frozenset[str]:
    scored = [sample for sample in ids if sample in values]
    # The small number takes back what binary fractions add: 0.1 of 30 is 3, not 4.
    size = math.ceil((rule.top or 0.0) * len(scored) - 1e-9)
    order = sorted(scored, key=lambda sample: (-values[sample], key_for(seed, keep.name, sample)))
    return frozenset(order[:size])


def _fault(
    rule: Rule, keep: Keep, sample: str, scores: Mapping[str, Values], best: frozenset[str] | None
) -> Drop | None:
    score = scores.get(rule.metric, {}).get(sample)
    if score is None:
        return Drop(sample, keep.name, OP, say("{metric} gave it no score", metric=rule.metric))
    if rule.minimum is not None and score < rule.minimum:
        reason = say(
            "{metric} is {score:.3f}, below {minimum:.3f}", metric=rule.metric, score=score, minimum=rule.minimum
        )
        return Drop(sample, keep.name, OP, reason, score)
    if best is not None and sample not in best:
        reason = say(
            "{metric} is {score:.3f}, not among the best {top:.0%}",
            metric=rule.metric,
            score=score,
            top=rule.top or 0.0,
        )
        return Drop(sample, keep.name, OP, reason, score)
    return None
