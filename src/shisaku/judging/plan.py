"""From batches and judges to the steps that judge them: views that a run has already are looked through again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shisaku.auditing.detector import Detector
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.metric import Metric
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.judging.batch import Batch
from shisaku.judging.seats import Judge, Seats
from shisaku.message import Message, say
from shisaku.registry.make import make_op
from shisaku.registry.streams import streams_of


@dataclass
class Bench:
    """The recipe as it grows, the judges of every batch, and a sentence about those that do not fit it."""

    recipe: Recipe
    judges: dict[str, list[Judge]] = field(default_factory=dict)
    told: dict[str, list[Message]] = field(default_factory=dict)

    def seat(self, batch: Batch, contents: Contents, real: Contents | None, wanted: Sequence[Detector]) -> None:
        """Add to the recipe the steps by which the `wanted` judges judge a batch."""
        planned = audit_recipe(batch.name, Source(""), wanted, contents).steps
        seats = Seats(batch, contents, real, self.add)
        found = [judge for step in planned if (judge := seats.take(step)) is not None]
        self.judges[batch.name] = found
        self.told[batch.name] = list(_unfit(wanted, planned, found, batch, alone=real is None))

    def add(self, step: Step) -> str:
        """Return the name of a step that does this, a new one unless the recipe has one."""
        params = make_op(step.op, step.params).params()
        for one in self.recipe.steps:
            if _likewise(one) == _likewise(step) and make_op(one.op, one.params).params() == params:
                return one.name
        taken = streams_of(self.recipe)
        name = step.name
        while name in taken:
            name += "_"
        self.recipe = replace(self.recipe, steps=(*self.recipe.steps, replace(step, name=name)))
        return name


def _likewise(step: Step) -> tuple[object, ...]:
    return (step.op, step.source, step.reference, step.sample, step.rounds, step.want, step.fresh, step.enough)


def _unfit(
    wanted: Sequence[Detector], planned: Sequence[Step], found: Sequence[Judge], batch: Batch, *, alone: bool
) -> Iterator[Message]:
    """Say which judges do not judge a batch, and for what reason, in one sentence for each reason."""
    out = [one for one in wanted if not one.view and not any(_is(one, judge.name) for judge in found)]
    bound = [one.name for one in out if any(_is(one, step.name) for step in planned)]
    lonely = [one.name for one in out if alone and _compares(one)]
    others = [one.name for one in out if one.name not in bound and one.name not in lonely]
    about = {"batch": batch.name}
    if lonely:
        yield say("No real samples to compare {batch} with, so these did not judge: {judges}",
                  **about, judges=", ".join(lonely))  # fmt: skip
    if bound:
        yield say("The real samples have no part to compare {batch} with for these judges: {judges}",
                  **about, judges=", ".join(bound))  # fmt: skip
    if others:
        yield say("{batch} has nothing new that these judges can read: {judges}", **about, judges=", ".join(others))


def _is(one: Detector, name: str) -> bool:
    return name == one.name or name.startswith(f"{one.name}_")


def _compares(one: Detector) -> bool:
    op = make_op(one.op, one.params)
    return isinstance(op, Metric) and "reference" in op.needs


def looks_through(judge: Judge, recipe: Recipe) -> str:
    """Return the extractor of a judge as a reader knows it: the op, and its model in brackets; empty without one."""
    step = next((step for step in recipe.steps if step.name == judge.extractor), None)
    if step is None:
        return ""
    op = make_op(step.op, step.params)
    models = ", ".join(op.models) or str(op.params().get("model", ""))
    return f"{op.name} ({models})" if models else op.name
