"""What a Transform must do."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Outcome, Transform
from shisaku.store.codecs import decode_vector
from shisaku.testing.duty import ContractError, bare, must, must_refuse, poisoned


def check_transform(op: Transform, samples: Sequence[Sample], pool: Sequence[Sample] | None) -> None:
    """Check outcomes, their independence of batch, order and failing neighbours, and what is made."""
    must(op.makes in ("children", "views"), op, "must make children or views")
    whole = _apply(op, samples, pool)
    for sample, outcome in zip(samples, whole, strict=True):
        if isinstance(outcome, Failure):
            raise ContractError(op.name, f"must handle the samples of the check: {sample.id}: {outcome.reason}")
        must(len(outcome) >= 1, op, "must make something or give a Failure")
        check = _check_view if op.makes == "views" else _check_children
        made = tuple(one for one in outcome if isinstance(one, Sample))
        must(len(made) >= 1, op, "must give one Failure for a sample that nothing is made of")
        check(op, sample, made, {other.id for other in pool or ()})
    must(_apply(op, [], pool) == [], op, "must give nothing for an empty batch")
    _check_independence(op, samples, pool, whole)
    if op.pools:
        must_refuse(lambda: _apply(op, samples, None), op, "must refuse to work without its pool by a ShisakuError")


def _apply(op: Transform, batch: Sequence[Sample], pool: Sequence[Sample] | None) -> list[Outcome]:
    outcomes = op.apply(batch, [rng_for(7, "check", sample.id) for sample in batch], pool)
    must(len(outcomes) == len(batch), op, "must give one outcome per sample")
    return list(outcomes)


def _check_independence(
    op: Transform, samples: Sequence[Sample], pool: Sequence[Sample] | None, whole: Sequence[Outcome]
) -> None:
    backwards = _apply(op, samples[::-1], (pool or ())[::-1])[::-1]
    alone = [_apply(op, [sample], pool)[0] for sample in samples]
    stripped = [_apply(op, [bare(op, sample)], pool)[0] for sample in samples]
    for first, second, third, fourth in zip(whole, backwards, alone, stripped, strict=True):
        must(_alike(op, first, second), op, "must not depend on the order of the batch or of the pool")
        must(_alike(op, first, third), op, "must not depend on the other samples of the batch, nor on their rngs")
        must(_alike(op, first, fourth, written_only=True), op, "must not read parts that it does not declare")
    poisons = poisoned(op, samples[0])
    outcomes = _apply(op, [*poisons, *samples], pool)
    for poison, outcome in zip(poisons, outcomes, strict=False):
        failed = isinstance(outcome, Failure) and bool(str(outcome.reason))
        must(failed, op, f"must give a Failure with a reason for {poison.id}")
    same = all(_alike(op, a, b) for a, b in zip(whole, outcomes[len(poisons) :], strict=True))
    must(same, op, "must make the same beside samples that fail")


def _check_view(op: Transform, sample: Sample, made: tuple[Sample, ...], pool: set[str]) -> None:
    must(len(made) == 1, op, "must make one view of a sample")
    view, written = made[0], op.writes_parts()
    same = dataclasses.replace(view, parts=sample.parts).digest == sample.digest
    must(same, op, "must add parts to a view and change nothing else")
    changed = {name for name, part in view.parts.items() if sample.parts.get(name) != part}
    must(changed <= set(written) and set(sample.parts) <= set(view.parts), op, "must write only what it declares")
    _check_written(op, view)


def _check_children(op: Transform, sample: Sample, made: tuple[Sample, ...], pool: set[str]) -> None:
    must(len({child.id for child in made}) == len(made), op, "must make children with different ids")
    for child in made:
        must(child.id.startswith(f"{sample.id}/"), op, "must derive the id of a child from its parent's")
        must(child.parents[:1] == (sample.id,), op, "must name the sample as first parent")
        must(set(child.parents[1:]) <= pool, op, "must name no other parents than samples of its pool")
        must(child.depth == sample.depth + 1, op, "must make children one deeper than their parent")
        must(child.labels == sample.labels, op, "must hand the labels down")
        must(child.group == sample.entity, op, "must hand the group down")
        rights = (child.licence, child.consent) == (sample.licence, sample.consent)
        must(rights, op, "must hand licence and consent down")
        changeable = {**op.writes_parts(), **op.follows_parts()}
        others = {name: part for name, part in child.parts.items() if name not in changeable}
        must(all(sample.parts.get(n) == part for n, part in others.items()), op, "must write only what it declares")
        _check_written(op, child)


def _check_written(op: Transform, made: Sample) -> None:
    for name, kind in op.writes_parts().items():
        must(name in made.parts and made.parts[name].kind == kind, op, f"must write the {kind} {name} that it declares")


def _alike(op: Transform, one: Outcome, other: Outcome, written_only: bool = False) -> bool:
    if isinstance(one, Failure) or isinstance(other, Failure):
        return one == other
    return len(one) == len(other) and all(_alike_made(op, a, b, written_only) for a, b in zip(one, other, strict=True))


def _alike_made(op: Transform, a: Sample | Failure, b: Sample | Failure, written_only: bool) -> bool:
    if isinstance(a, Failure) or isinstance(b, Failure):
        return a == b
    return (a.id, a.parents, a.facts) == (b.id, b.parents, b.facts) and all(
        name in a.parts and name in b.parts and _same_part(op, a.parts[name], b.parts[name])
        for name in (op.writes_parts() if written_only else {**a.parts, **b.parts})
    )


def _same_part(op: Transform, a: Part, b: Part) -> bool:
    if a == b or op.tolerance == 0.0 or a.kind != "embedding" or b.kind != "embedding":
        return a == b
    one, other = decode_vector(a), decode_vector(b)
    scale = max(1.0, float(np.abs(one).max()))
    return one.shape == other.shape and bool(np.abs(one - other).max() <= op.tolerance * scale)
