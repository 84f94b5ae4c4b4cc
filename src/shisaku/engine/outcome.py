"""What an op may hand back for a sample, checked, and the names that its children get."""

from __future__ import annotations

from dataclasses import replace

from shisaku.core.drop import Failure
from shisaku.core.sample import Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.message import Message, say


class BrokenPromiseError(Exception):
    """An op did not do what its contract says; `what` says how."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what


def accepted(outcome: Outcome, sample: Sample, op: Transform, step: str, round: int) -> tuple[Sample, ...] | Message:
    """Return the samples of an outcome under their final names, or the reason why there are none.

    A child is named ``<parent>/<step>.<round>``, further ones of the same parent and round
    ``<parent>/<step>.<round>.<k>``: the step's name, not the op's, so that two steps with one op differ. A
    view keeps its id. Raises BrokenPromiseError for anything that is not the op's to give.
    """
    if isinstance(outcome, Failure):
        return outcome.reason
    if not isinstance(outcome, tuple) or not all(isinstance(made, Sample) for made in outcome):
        raise BrokenPromiseError(say("It gave a {kind}, not samples", kind=type(outcome).__name__))
    if not outcome:
        return say("It made nothing of this sample and gave no reason")
    if op.makes == "views":
        return _view(outcome, sample)
    return tuple(_child(made, sample, f"{step}.{round}" + (f".{k}" if k else "")) for k, made in enumerate(outcome))


def _view(outcome: tuple[Sample, ...], sample: Sample) -> tuple[Sample, ...]:
    own = [(sample.id, sample.depth, sample.parents, sample.entity)]
    if [(made.id, made.depth, made.parents, made.entity) for made in outcome] != own:
        raise BrokenPromiseError(say("It adds to samples, but gave back others than it was given"))
    return outcome


def _child(made: Sample, sample: Sample, name: str) -> Sample:
    if (made.parents[:1], made.depth, made.entity) != ((sample.id,), sample.depth + 1, sample.entity):
        raise BrokenPromiseError(say("It makes children, but gave a sample that was not derived from the one given"))
    return replace(made, id=f"{sample.id}/{name}")
