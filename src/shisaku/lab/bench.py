"""A study laid out for trials: labels as codes, features prepared once, test sets by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.lab.copy_bound import EXACT, copy_bound, own_likeness
from shisaku.lab.heedable import heedable
from shisaku.lab.items import Index, Items, StudyData
from shisaku.lab.row_by_row import check_row_by_row
from shisaku.lab.splits import Split, split_of
from shisaku.lab.streams import fixed_streams
from shisaku.learn.learner import Learner
from shisaku.learn.rows import transform_rows
from shisaku.message import say
from shisaku.registry import doors
from shisaku.stats.accuracy import METRICS, codes_of


@dataclass(frozen=True)
class Bench:
    """The frozen ground of every trial; `raw` is as it came, `data` has the learner's prepared features."""

    spec: StudySpec
    raw: StudyData
    data: StudyData
    learner: Learner

    @classmethod
    def lay(cls, spec: StudySpec, data: StudyData) -> Bench:
        """Prepare features for the study's learner. Raises RecipeError for an unknown learner or parameter."""
        learner = learner_of(spec)
        for arm in spec.arms:
            learner_of(spec, arm.learner)
        check_row_by_row(learner, data.real)
        ready, _ = learner.prepared(data.real.features[:0])
        streams = {name: _prepared(learner, items) for name, items in data.streams.items()}
        return cls(spec, data, replace(data, real=_prepared(learner, data.real), streams=streams), ready)

    def learner_for(self, arm: Arm) -> Learner:
        """Return the learner of an arm, for rows that are prepared already."""
        if not arm.learner:
            return self.learner
        return learner_of(self.spec, arm.learner).prepared(self.raw.real.features[:0])[0]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Labels, sorted; a code is a position in it."""
        return self.data.classes

    @cached_property
    def y(self) -> Index:
        """Code of each real item."""
        return codes_of(self.data.real.labels, self.classes)

    @cached_property
    def codes(self) -> Mapping[str, Index]:
        """Codes of the items of each stream."""
        return {name: codes_of(items.labels, self.classes) for name, items in self.data.streams.items()}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Position of each real id."""
        return {item: i for i, item in enumerate(self.data.real.ids)}

    @cached_property
    def alike_rows(self) -> Mapping[str, Any]:
        """Square-rooted unit features per stream, ``""`` for the real items: what near-copies are sought in."""
        rows = {name: transform_rows(items.main, "sqrt_l2") for name, items in self.raw.streams.items()}
        return {"": transform_rows(self.raw.real.main, "sqrt_l2"), **rows}

    @cached_property
    def copy_bound(self) -> float:
        """Return the cosine above which a made item is a copy of a test item: no two real items reach it."""
        if self.spec.train == "real":
            return copy_bound(self.alike_rows[""], self.raw.real.groups)
        fixed = sorted(fixed_streams(self.spec))
        groups = tuple(f"{name} {group}" for name in fixed for group in self.raw.streams[name].groups)
        return copy_bound(np.concatenate([self.alike_rows[name] for name in fixed]), groups) if fixed else EXACT

    @cached_property
    def own_likeness(self) -> Mapping[str, float]:
        """How near the items of each fixed set come to those of its other groups: what nearness is no copying there."""
        return {
            name: own_likeness(self.alike_rows[name], self.raw.streams[name].groups)
            for name in fixed_streams(self.spec)
        }

    def split(self, index: int) -> Split:
        """Return split number `index`."""
        return split_of(self.spec, self.data.real, index)

    def arm(self, name: str) -> Arm:
        """Return an arm by name."""
        return next(arm for arm in self.spec.arms if arm.name == name)

    def domain(self, name: str) -> Domain:
        """Return a domain by name."""
        return next(domain for domain in self.spec.domains if domain.name == name)

    def items(self, domain: Domain) -> tuple[Items, Index]:
        """Return the items a domain's tests are taken from, and their codes."""
        if domain.kind == "resplit":
            return self.data.real, self.y
        return self.data.streams[domain.stream], self.codes[domain.stream]

    def test_rows(self, domain: Domain, held_out: Index, stream: str = "") -> Index:
        """Return the positions in `items(domain)` that test a model when `held_out` real items are held out.

        Derived domains (or a named derived `stream`): children all of whose real ancestors are held out.
        External domains: everything.
        """
        if domain.kind == "resplit" and not stream:
            return held_out
        if domain.kind == "external" and not stream:
            return np.arange(len(self.data.streams[domain.stream]))
        out = {self.data.real.ids[i] for i in held_out}
        real, parents = self.place, self.data.streams[stream or domain.stream].parents
        families = ([parent for parent in above if parent in real] for above in parents)
        rows = [i for i, mine in enumerate(families) if mine and out.issuperset(mine)]
        return np.array(rows, dtype=np.intp)

    def score(self, truth: Index, predicted: Index) -> float:
        """Return the study's metric."""
        return METRICS[self.spec.metric](truth, predicted)


def _prepared(learner: Learner, items: Items) -> Items:
    """Prepare every view by itself; a row without a view stays without it."""
    if not items.views:
        return items.with_features(learner.prepared(items.features)[1])
    x = np.empty_like(items.features)
    for start, end in items.views.values():
        there = ~np.isnan(items.features[:, start])
        x[:, start:end] = np.nan
        x[there, start:end] = learner.prepared(items.features[there, start:end])[1]
    return items.with_features(x)


def learner_of(spec: StudySpec, own: Mapping[str, Any] | None = None) -> Learner:
    """Return the study's learner, or an arm's `own`, with its parameters; ``logistic`` or, with a target, ``ridge``.

    Raises RecipeError for parameters that it does not have, and for one that learns the wrong kind of thing.
    """
    params = dict(own or spec.learner)
    name = str(params.pop("name", "logistic" if spec.target is None else "ridge"))
    made = doors.load(doors.LEARNERS, name)
    known = [f.name for f in fields(made)]
    wrong = sorted((set(params) | set(spec.tune)) - set(known))
    if wrong or "transform" in spec.tune or "transform" in (own or {}):
        raise RecipeError(
            say("The learner {learner} has no parameter {unknown}", learner=name, unknown=", ".join(wrong))
            if wrong
            else say("A transform is done to each row once for the whole study and is no setting to try"),
            where=f"study {spec.name}: learner",
            next=say("It takes {known}", known=", ".join(known)),
        )
    learner = cast(Learner, made(**params))
    if (learner.answers == "map") != (spec.target is not None):
        raise RecipeError(
            say("A study with a target needs a learner of maps, such as ridge")
            if spec.target
            else say("The learner {learner} learns a map, and the study has no target", learner=name),
            where=f"study {spec.name}: learner",
        )
    heedable(spec, [arm for arm in spec.arms if arm.learner == (own or {})], learner)
    return learner
