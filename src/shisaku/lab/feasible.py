"""Plans that cannot be carried out are refused before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn

import numpy as np

from shisaku.core.domain import Domain
from shisaku.core.study import Alarm
from shisaku.core.study_spec import StudySpec
from shisaku.errors import ContaminationError, DataError, RecipeError
from shisaku.lab.asked import check_asked
from shisaku.lab.items import StudyData
from shisaku.lab.sound import check_sound
from shisaku.lab.splits import Split
from shisaku.lab.tuning import choices
from shisaku.message import Message, say


def check_names(spec: StudySpec) -> None:
    """Raise RecipeError for numbers that make no study, and for arms or domains that the study does not have."""
    if spec.splits < 2 or spec.folds < 2 or not 0 < spec.test_share < 1:
        raise RecipeError(
            say("A study needs 2 splits and 2 folds at least, and a test share between 0 and 1"),
            where=f"study {spec.name}",
            next=say("Set `splits`, `folds` and `test_share`; six splits or more for a claim"),
        )
    arms, domains = {arm.name for arm in spec.arms}, {domain.name for domain in spec.domains}
    wrong = [name for name in (*spec.comparators, *spec.contrasts, *spec.layers) if name not in arms]
    twins = [domain.degrades for domain in spec.domains if domain.degrades]
    wrong += [name for name in (spec.primary, *spec.deploy, *twins) if name not in domains]
    if wrong or not spec.contrasts or not spec.comparators:
        missing = ", ".join(wrong) or ("contrasts" if spec.comparators else "comparators")
        raise RecipeError(
            say("The study names {missing}, which it does not have", missing=missing),
            where=f"study {spec.name}",
            next=say("Give at least one comparator and one contrast, and name declared arms and domains only"),
        )
    check_asked(spec)


def check_data(spec: StudySpec, data: StudyData) -> None:
    """Raise DataError if no split of these items can answer the study, naming the class or domain at fault."""
    check_sound(spec, data)
    if len(data.classes) < 2:
        only = data.classes[0] if data.classes else ""
        _refuse(
            spec,
            say("All real items have the same label ({label}): there is nothing to tell apart", label=only),
            say("Check that `label` names the right label, and that two classes or more are in the real stream"),
        )
    labels, groups = np.array(data.real.labels), np.array(data.real.groups)
    for label in data.classes if spec.train == "real" else ():
        n = len(np.unique(groups[labels == label]))
        if n < 2:
            _refuse(
                spec,
                say("Class {label} has {items} items in {n} group: it cannot be in training and in the test",
                    label=label, items=int((labels == label).sum()), n=n),
                say("Add items of other groups to this class, or leave the class out"),
            )  # fmt: skip
    if spec.train == "real" and _folds_needed(spec) and len(np.unique(groups)) * (1 - spec.test_share) < spec.folds:
        _refuse(
            spec,
            say("{n} groups are too few for {folds} inner folds", n=len(np.unique(groups)), folds=spec.folds),
            say("Lower `folds` or add items of other groups"),
        )
    for name in sorted({arm.name for arm in spec.arms if arm.scores is not None} - set(data.scores)):
        _refuse(spec, say("Arm {arm} has no scores", arm=name), say("Cook the recipe again; see the run's drops"))
    wanted = [d.stream for d in spec.domains if d.kind != "resplit"] + [arm.stream for arm in spec.arms]
    for name in wanted:
        if name and (name not in data.streams or not len(data.streams[name])):
            _refuse(spec, say("Stream {stream} is empty", stream=name), say("See the run's drops for the reason"))
    _check_overlap(spec, data)


def check_splits(spec: StudySpec, data: StudyData, splits: Sequence[Split]) -> list[Alarm]:
    """Raise DataError if a class has too few items for the shots asked; a class that is only short is an Alarm.

    Short means: fewer than asked in some split, but at least half. Half and less, or no test item of a
    class, refuses the plan.
    """
    alarms = []
    for label in data.classes if spec.train == "real" else ():
        pool = min(len(split.pool[label]) for split in splits)
        tested = min(sum(data.real.labels[i] == label for i in split.test) for split in splits)
        if not pool or not tested:
            _refuse(
                spec,
                say("In some split class {label} has {pool} training and {tested} test items",
                    label=label, pool=pool, tested=tested),
                say("Its groups may be shared with other classes; add items, or leave the class out"),
            )  # fmt: skip
        for shots in spec.shots:
            if 2 * pool <= shots:
                _refuse(
                    spec,
                    say("{shots} shots are asked, but class {label} has only {pool} items to train on",
                        shots=shots, label=label, pool=pool),
                    say("Lower `shots` or `test_share`, add items to this class, or leave it out"),
                )  # fmt: skip
            if pool < shots:
                reason = say("Class {label} has {pool} instead of {shots} training items in some split",
                             label=label, pool=pool, shots=shots)  # fmt: skip
                alarms.append(Alarm("short_class", reason, "note"))
    for domain in spec.domains:
        if domain.kind == "derived":
            alarms += _derived(spec, data, domain.stream, splits)
    return alarms


def _derived(spec: StudySpec, data: StudyData, stream: str, splits: Sequence[Split]) -> Iterator[Alarm]:
    real, items = set(data.real.ids), data.streams[stream]
    parents = {p for above in items.parents for p in above if p in real}
    families = [real & set(above) for label, above in zip(items.labels, items.parents, strict=True)
                if label in data.classes]  # fmt: skip
    for split in splits:
        held_out = {data.real.ids[i] for i in split.test}
        if not any(family and family <= held_out for family in families):
            _refuse(
                spec,
                say("Stream {stream} has no sample made from the test items of split {split}",
                    stream=stream, split=split.index),
                say("Make this stream from all real items of the study"),
            )  # fmt: skip
    missing = len(real - parents)
    if missing:
        reason = say("{n} real items have no sample in stream {stream}", n=missing, stream=stream)
        yield Alarm("missing_children", reason, "note")


def _check_overlap(spec: StudySpec, data: StudyData) -> None:
    """Refuse pool material (backgrounds, noises) that made both training samples and test samples."""

    def material(stream: str) -> set[str]:
        return {p for above in data.streams[stream].parents for p in above if p in data.pools}

    for domain in spec.domains:
        if domain.kind != "derived":
            continue
        tested = material(domain.stream)
        others = {arm.stream for arm in spec.arms if arm.stream} | ({domain.validate} if domain.validate else set())
        for name in sorted(others):
            shared = sorted(tested & material(name)) if domain.stream != name else sorted(tested)
            if shared:
                raise ContaminationError(
                    say("{n} pool items, first {item}, went into both {stream} and the test stream {test}",
                        n=len(shared), item=shared[0], stream=name, test=domain.stream),
                    where=f"study {spec.name}",
                    next=say("Give training, validation and test streams disjoint pools"),
                )  # fmt: skip
    for domain in spec.domains:
        if domain.kind == "external":
            _check_external(spec, data, domain.stream)
            _check_slice(spec, data, domain)


def _check_external(spec: StudySpec, data: StudyData, stream: str) -> None:
    items = data.streams[stream]
    shared = sorted(set(items.groups) & set(data.real.groups))
    if shared or set(items.ids) & set(data.real.ids):
        first = shared[0] if shared else sorted(set(items.ids) & set(data.real.ids))[0]
        raise ContaminationError(
            say("Real items and the test stream {stream} share {what}", stream=stream, what=first),
            where=f"study {spec.name}",
            next=say("Move every item of that group to one side"),
        )
    if len(set(items.groups)) < 2:
        _refuse(
            spec,
            say("The test stream {stream} has fewer than two groups of items", stream=stream),
            say("Add test items of other groups"),
        )


def _check_slice(spec: StudySpec, data: StudyData, domain: Domain) -> None:
    """Refuse a development slice that shares items with a test set: choices would be made on the test."""
    slices = {d.validate for d in spec.domains if d.kind == "external" and d.validate}
    tested = set(data.streams[domain.stream].ids)
    for name in sorted(slices):
        shared = sorted(tested & set(data.streams[name].ids)) if name in data.streams else []
        if shared:
            raise ContaminationError(
                say("{n} items, first {item}, are in the development slice {slice} and in the test stream {test}",
                    n=len(shared), item=shared[0], slice=name, test=domain.stream),
                where=f"study {spec.name}",
                next=say("Select disjoint streams"),
            )  # fmt: skip


def _folds_needed(spec: StudySpec) -> bool:
    return len(spec.comparators) > 1 or any(arm.choose or len(choices(spec, arm)) > 1 for arm in spec.arms)


def _refuse(spec: StudySpec, what: Message, next: Message) -> NoReturn:
    raise DataError(what, where=f"study {spec.name}", next=next)
