"""What a Metric says once its states are joined, checked against whom it was asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from shisaku.core.drop import Drop
from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.core.recipe import Step
from shisaku.core.score import Score
from shisaku.errors import MachineError
from shisaku.message import say


def told_of(op: Metric, step: Step, state: Mapping[str, object], asked: Set[str]) -> tuple[list[Score], list[Finding]]:
    """Return what is said of the whole. Raises MachineError if the op cannot score what could be measured."""
    try:
        scores, findings = op.scores(state), op.findings(state)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise MachineError(
            say("{op} measured every sample but cannot score them together: {cause}", op=op.name, cause=str(error)),
            where=step.name,
            next=say("This is a mistake in the op; tell its author"),
        ) from error
    ids = [score.sample for score in scores]
    if len(set(ids)) != len(ids) or not asked >= set(ids):
        raise MachineError(
            say("{op} scored a sample twice, or one that it was not given", op=op.name),
            where=step.name,
            next=say("This is a mistake in the op; tell its author"),
        )
    return sorted(scores, key=lambda score: score.sample), findings


def unmeasured(op: Metric, step: Step, given: Set[str], scores: Iterable[Score], drops: Iterable[Drop]) -> list[Drop]:
    """Return a Drop for everyone who was given and has neither a score nor a Drop."""
    gone = {score.sample for score in scores} | {drop.sample for drop in drops}
    reason = say("It could not be measured: it lacks the part, or the part cannot be read")
    return [Drop(id_, step.name, op.name, reason) for id_ in sorted(given - gone)]
