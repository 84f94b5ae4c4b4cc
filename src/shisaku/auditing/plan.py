"""From detectors and a look at the data to the recipe of an audit: one step for every part that a detector can read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from typing import Any

from shisaku.auditing.detector import Detector
from shisaku.core.annotators import annotated, without_annotators
from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.recipe import ROOT, Recipe, Source, Step, Subsample
from shisaku.core.sample import Kind, Sample
from shisaku.registry.make import make_op
from shisaku.store.beside import AGAINST, OWN, ROLE
from shisaku.store.readers.reader import Record
from shisaku.store.splits import FACT as SPLIT

PLAYS, MADE = "@", "made"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the data consist of, as far as it decides which detectors can say something.

    `parts` maps part names to kinds, `langs` text and audio parts to their language, `labels` holds the names of
    the labels, `annotated` of those that several annotators gave. With `against` there is another dataset beside
    the audited one. Where parts have `roles` (``made`` by a step, say), a detector reads those that were made unless
    it names a role, ``"@source"``, or a part.
    """

    parts: Mapping[str, Kind]
    langs: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    against: bool = False
    annotated: tuple[str, ...] = ()
    splits: bool = False
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def fits(self, told: str, part: str) -> bool:
        """Whether a part is one that a detector means by `told`: its name, a role, or nothing."""
        if told.startswith(PLAYS):
            return part in self.roles.get(told.removeprefix(PLAYS), ())
        return part == told if told else not self.roles or part in self.roles[MADE]

    @classmethod
    def of(cls, samples: Iterable[Sample | Record], against: bool = False) -> Contents:
        """Look at every sample or record once. A part that bears several languages has none."""
        parts: dict[str, Kind] = {}
        langs: dict[str, set[str]] = {}
        labels: dict[str, None] = {}
        splits = False
        for sample in samples:
            if sample.facts.get(ROLE) == AGAINST and against:
                continue
            splits = splits or SPLIT in sample.facts
            labels |= dict.fromkeys(sample.labels)
            for name, part in sample.parts.items():
                parts.setdefault(name, part.kind)
                langs.setdefault(name, set()).add(part.lang.partition("-")[0])
        single = {name: next(iter(found)) for name, found in langs.items() if len(found) == 1}
        return cls(
            parts,
            {name: lang for name, lang in single.items() if lang},
            without_annotators(labels),
            against,
            annotated(labels),
            splits,
        )


@dataclass(frozen=True, slots=True)
class _Bound:
    """A step that a detector became: which data parts it rests on, and which parts its stream adds."""

    step: Step
    rests_on: tuple[str, ...]
    writes: Mapping[str, Kind]


def audit_recipe(name: str, data: Source, wanted: Sequence[Detector], contents: Contents, seed: int = 0) -> Recipe:
    """Return the recipe whose steps are the detectors that can read these data, thresholds and all.

    A detector that can read several parts (two captions, three cameras) becomes a step for each, named after the part.
    Raises RecipeError for parameters that an op does not take.
    """
    bound: dict[str, list[_Bound]] = {}
    for detector in _in_order([one for one in wanted if contents.splits or not one.splits]):
        bound[detector.name] = list(_bind(detector, contents, bound))
    views = {one.step.name for detector in wanted if detector.view for one in bound.get(detector.name, ())}
    steps = _seen_alike(_used(tuple(one.step for some in bound.values() for one in some), views))
    select = {role: {ROLE: role} for role in (OWN, AGAINST)} if contents.against else {}
    return Recipe(name, data, seed=seed, select=select, steps=steps)


def _used(steps: tuple[Step, ...], views: Set[str]) -> tuple[Step, ...]:
    """Leave out views that nothing is built on here, as where no detector fits the language of what they read."""
    needed: set[str] = set()
    kept = []
    for step in reversed(steps):
        if step.name not in views or step.name in needed:
            needed |= set(step.source)
            kept.append(step)
    return tuple(reversed(kept))


def _seen_alike(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Let a step that compares what a view made see the other dataset through the same view."""
    by_name = {step.name: step for step in steps}
    views: dict[str, Step] = {}

    def of_other(stream: str) -> str:
        if stream not in by_name:
            return AGAINST
        name = f"{stream}_{AGAINST}"
        source = of_other(by_name[stream].source[0])
        views.setdefault(name, replace(by_name[stream], name=name, source=(source,), sample=None))
        return name

    seen = [replace(step, reference=of_other(step.source[0])) if step.reference else step for step in steps]
    return (*(step for step in seen if not step.reference), *views.values(), *(step for step in seen if step.reference))


def _in_order(wanted: Sequence[Detector]) -> Iterator[Detector]:
    """Put views before what is built on them."""
    done: set[str] = set()
    waiting = list(wanted)
    while waiting:
        ready = [one for one in waiting if not one.of or one.of in done]
        if not ready:
            return
        done |= {one.name for one in ready}
        waiting = [one for one in waiting if one.name not in done]
        yield from ready


def _bind(detector: Detector, contents: Contents, bound: Mapping[str, Sequence[_Bound]]) -> Iterator[_Bound]:
    op = make_op(detector.op, detector.params)
    needs = op.needs if isinstance(op, Metric) else frozenset()
    if "reference" in needs and not contents.against:
        return
    labels = contents.labels if "labels" in needs and "label" in _fields(op) else ("",)
    labels = contents.annotated if "annotators" in needs else labels
    ground = _Bound(Step("", "", (OWN if contents.against else ROOT,)), (), {})
    choices = [
        (under, parts, label)
        for under in (bound.get(detector.of, ()) if detector.of else (ground,))
        for parts in _parts(op, detector, contents, under)
        for label in labels
    ]
    for under, parts, label in choices:
        about = (*under.rests_on, *(part for part in parts.values() if part not in under.writes))
        names = [*(dict.fromkeys(about) if len({(c[0].rests_on, *c[1].values()) for c in choices}) > 1 else ())]
        names += [label] if len(labels) > 1 else []
        params = {**detector.params, **parts, **_languages(op, detector, contents, about)}
        if label:
            params["label"] = label
        step = Step(
            "_".join([detector.name, *names]),
            detector.op,
            (under.step.name or under.step.source[0],),
            params,
            reference=AGAINST if "reference" in needs else "",
            sample=Subsample(detector.sample) if detector.sample else None,
        )
        made = make_op(detector.op, params)
        yield _Bound(step, tuple(dict.fromkeys(about)), {**under.writes, **made.writes_parts()})


def _parts(op: Op, detector: Detector, contents: Contents, under: _Bound) -> Iterator[dict[str, str]]:
    """Give every way to name the parts that the op reads; a part that a view wrote goes before those of the data."""
    options = []
    for field_name, kind in op.reads.items():
        told = str(detector.params.get(field_name, ""))
        written = [] if told.startswith(PLAYS) else [name for name, made in under.writes.items() if made == kind]
        there = written or [name for name, found in contents.parts.items() if found == kind]
        if under.rests_on and not written:
            there = [name for name in there if name in under.rests_on] or there
        fit = [name for name in there if _speaks(detector, contents, name)]
        fit = [name for name in fit if (name in written and told in ("", name)) or contents.fits(told, name)]
        options.append([(field_name, name) for name in fit])
    for chosen in itertools.product(*options):
        if len({name for _, name in chosen}) == len(chosen):
            yield dict(chosen)


def _speaks(detector: Detector, contents: Contents, part: str) -> bool:
    lang = contents.langs.get(part, "")
    return not detector.langs or not lang or contents.parts.get(part) not in ("text", "audio") or lang in detector.langs


def _languages(op: Op, detector: Detector, contents: Contents, parts: Iterable[str]) -> dict[str, Any]:
    """Tell an op that asks for it the language of what it reads, unless the profile does."""
    if "language" not in _fields(op) or "language" in detector.params:
        return {}
    langs = {contents.langs[part] for part in parts if part in contents.langs}
    return {"language": langs.pop()} if len(langs) == 1 else {}


def _fields(op: Op) -> set[str]:
    return {f.name for f in fields(op)}  # type: ignore[arg-type]
