"""What is known of a recipe while it is checked: its streams, and the classes and ops of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.recipe import Recipe
from shisaku.core.study_spec import StudySpec
from shisaku.core.transform import Transform
from shisaku.message import say
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.make import try_class, try_make
from shisaku.registry.streams import (
    CONTROL,
    Stream,
    ancestors,
    apart,
    cycle_in,
    reads_all,
    streams_of,
    tested_on,
    within,
)


@dataclass(frozen=True)
class Known:
    """A recipe, its streams by name, and by step name the op class and (if its parameters are right) the op.

    Names in `cut` are there but could not be read, so nothing is said about them.
    """

    recipe: Recipe
    streams: Mapping[str, Stream]
    classes: Mapping[str, type[Op]]
    ops: Mapping[str, Op]
    cut: frozenset[str]
    cycle: tuple[str, ...]

    def unfit(self, name: str, loc: Loc) -> list[Finding]:
        """Return why `name` cannot be read as a stream of samples: there is none, or a Metric bears the name."""
        if name in self.cut:
            return []
        if name not in self.streams:
            samples = [known for known in self.streams if not self.is_metric(known)]
            return [Finding(loc, say("There is no stream {name}", name=name), did_you_mean(name, samples))]
        if self.is_metric(name):
            what = say("{name} is a Metric: it gives scores, not samples", name=name)
            return [Finding(loc, what, say("Name the stream that it measures"))]
        return []

    def is_metric(self, name: str) -> bool:
        """Whether the step of that name is a Metric."""
        return issubclass(self.classes.get(name, Op), Metric)

    def untested(self, metric: str, keep: str) -> bool:
        """Whether no study that uses what a keep-rule left tests on what its `metric` saw.

        Where no study uses it, some samples must have been left out of sight by a selection.
        """
        if self.cycle:
            return False
        using = [study for study in self.recipe.studies if self._uses(study, {keep, keep + CONTROL})]
        tested = {stream for study in using for stream in tested_on(study)} & self.streams.keys()
        if not tested:
            return not reads_all(metric, self.streams)
        return all(apart(metric, stream, self.streams) for stream in tested)

    def _uses(self, study: StudySpec, names: Set[str]) -> bool:
        own = {study.real, *(arm.stream for arm in study.arms), *tested_on(study)}
        return any(ancestors(stream, self.streams) & names for stream in own)

    def covers(self, others: Set[str], name: str) -> bool:
        """Whether the samples of stream `name` are in one of `others`, as they are or as a view of the same ids."""
        if self.cycle:
            return False
        views = {step for step, cls in self.classes.items() if issubclass(cls, Transform) and cls.makes == "views"}
        whole = views - {step.name for step in self.recipe.steps if step.sample}
        seen: set[str] = set()
        waiting = list(others)
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen.add(other)
                waiting += self.streams[other].source if other in whole and other in self.streams else ()
        return within(name, seen, self.streams, views)


def learn(recipe: Recipe, cut: frozenset[str] = frozenset()) -> tuple[Known, list[Finding]]:
    """Return what is known, and what is wrong with ops and their parameters."""
    classes: dict[str, type[Op]] = {}
    ops: dict[str, Op] = {}
    findings: list[Finding] = []
    for i, step in enumerate(recipe.steps):
        found = try_class(step.op, ("steps", i, "op"))
        if isinstance(found, Finding):
            findings.append(found)
            continue
        classes.setdefault(step.name, found)
        op, wrong = try_make(found, step.params, ("steps", i, "with"))
        findings += wrong
        if op is not None:
            ops.setdefault(step.name, op)
    streams = streams_of(recipe)
    return Known(recipe, streams, classes, ops, cut, cycle_in(streams)), findings
