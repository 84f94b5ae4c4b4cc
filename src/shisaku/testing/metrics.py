"""What a Metric must do."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.store.state import state_from_json, state_to_json
from shisaku.testing.duty import bare, must, must_refuse, poisoned


def check_metric(op: Metric, samples: Sequence[Sample], reference: Sequence[Sample] | None) -> None:
    """Check scores, the merge law, states that survive being written, and what happens to samples it cannot use."""
    whole = _scores(op, samples, reference)
    ids = [score.sample for score in whole]
    must(ids == sorted(sample.id for sample in samples), op, "must score every sample once, sorted by id")
    must(all(score.name == op.name for score in whole), op, "must put its name on its scores")
    must(_scores(op, [], reference) == [], op, "must score nothing for an empty batch")
    _check_merge(op, samples, reference, whole)
    backwards = _scores(op, samples[::-1], reference)
    must(_alike(op, whole, backwards), op, "must not depend on the order of the batch")
    stripped = _scores(op, [bare(op, sample) for sample in samples], reference)
    must(_alike(op, whole, stripped), op, "must not read parts that it does not declare")
    poisons = poisoned(op, samples[0])
    beside = _scores(op, [*poisons, *samples], reference)
    unusable = {poison.id for poison in poisons}
    must(not unusable & {score.sample for score in beside}, op, "must give no score to a sample it cannot use")
    must(_alike(op, whole, beside), op, "must give the same scores beside samples it cannot use")
    if "reference" in op.needs:
        turned = _scores(op, samples, (reference or ())[::-1])
        must(_alike(op, whole, turned), op, "must not depend on the order of the reference")
        must_refuse(lambda: op.measure(samples), op, "must refuse to measure without its reference by a ShisakuError")


def _scores(op: Metric, batch: Sequence[Sample], reference: Sequence[Sample] | None) -> list[Score]:
    # States are kept as text between shards and runs.
    return op.scores(state_from_json(state_to_json(op.measure(batch, reference))))


def _check_merge(
    op: Metric, samples: Sequence[Sample], reference: Sequence[Sample] | None, whole: Sequence[Score]
) -> None:
    half = len(samples) // 2
    one, other = op.measure(samples[:half], reference), op.measure(samples[half:], reference)
    nothing, everything = op.measure([], reference), op.measure(samples, reference)
    must(_alike(op, whole, op.scores(op.merge(one, other))), op, "must merge two halves into the whole")
    must(_alike(op, whole, op.scores(op.merge(other, one))), op, "must merge in any order")
    must(_alike(op, whole, op.scores(op.merge(nothing, everything))), op, "must start from a neutral state")


def _alike(op: Metric, one: Sequence[Score], other: Sequence[Score]) -> bool:
    def plain(score: Score) -> tuple[object, ...]:
        return score.sample, score.name, score.issue

    if [plain(score) for score in one] != [plain(score) for score in other]:
        return False
    gaps = [max(abs(a.value - b.value), abs(a.raw - b.raw)) for a, b in zip(one, other, strict=True)]
    return max(gaps, default=0.0) <= op.tolerance
