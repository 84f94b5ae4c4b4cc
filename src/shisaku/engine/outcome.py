"""What an op may hand back for a sample, checked, and the names that its children get."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shisaku.core.drop import Failure
from shisaku.core.sample import Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.message import Message, say


class BrokenPromiseError(Exception):
    """An op did not do what its contract says; `what` says how."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a sample: what was made of it, (name, reason) of what was not, and how much of that may pass."""

    made: tuple[Sample, ...] = ()
    lost: tuple[tuple[str, Message], ...] = ()
    passing: int = 0


def accepted(outcome: Outcome, sample: Sample, op: Transform, step: str, round: int) -> Accepted:
    """Return the samples of an outcome under their final names, and the reasons where there are none.

    Without any, the reason is the sample's own; of several children each that failed has one under the name it
    would have had. A child is named ``<parent>/<step>.<round>``, further ones of the same parent and round
    ``<parent>/<step>.<round>.<k>``: the step's name, not the op's, so that two steps with one op differ. A
    view keeps its id. Raises BrokenPromiseError for anything that is not the op's to give.
    """
    if isinstance(outcome, Failure):
        return Accepted(lost=((sample.id, outcome.reason),), passing=int(outcome.passing))
    if not isinstance(outcome, tuple) or not all(isinstance(made, Sample | Failure) for made in outcome):
        raise BrokenPromiseError(say("It gave a {kind}, not samples", kind=type(outcome).__name__))
    if not outcome:
        return Accepted(lost=((sample.id, say("It made nothing of this sample and gave no reason")),))
    named = [(f"{step}.{round}" + (f".{k}" if k else ""), made) for k, made in enumerate(outcome)]
    samples = tuple(made for made in outcome if isinstance(made, Sample))
    if op.makes == "views":
        return Accepted(_view(samples, sample))
    return Accepted(
        tuple(_child(made, sample, name) for name, made in named if isinstance(made, Sample)),
        tuple((f"{sample.id}/{name}", made.reason) for name, made in named if isinstance(made, Failure)),
        sum(made.passing for made in outcome if isinstance(made, Failure)),
    )


def _view(samples: tuple[Sample, ...], sample: Sample) -> tuple[Sample, ...]:
    own = [(sample.id, sample.depth, sample.parents, sample.entity)]
    if [(made.id, made.depth, made.parents, made.entity) for made in samples] != own:
        raise BrokenPromiseError(say("It adds to samples, but gave back others than it was given"))
    return samples


def _child(made: Sample, sample: Sample, name: str) -> Sample:
    if (made.parents[:1], made.depth, made.entity) != ((sample.id,), sample.depth + 1, sample.entity):
        raise BrokenPromiseError(say("It makes children, but gave a sample that was not derived from the one given"))
    return replace(made, id=f"{sample.id}/{name}")
