"""Puts the steps of an audit's plan, which speak of own data and others, on a batch and the real samples beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from shisaku.auditing.plan import Contents
from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.recipe import ROOT, Step
from shisaku.core.sample import Kind
from shisaku.judging.batch import SOURCE, Batch
from shisaku.registry.make import make_op
from shisaku.store.beside import AGAINST, OWN

LONGEST = 60  # characters of a stream's name that go into that of a step
OF_REAL = "@real:"  # and a kind: a parameter that names the part of that kind of the real samples
ALIAS = "dataset.alias"


@dataclass(frozen=True, slots=True)
class Judge:
    """A step that judges a batch, under the name it has there.

    `twin` is the step that judges the real samples alike, among themselves; `extractor` the step that wrote
    the features it looks through.
    """

    name: str
    step: str
    op: str
    extractor: str = ""
    twin: str = ""


class Seats:
    """Seats the steps of one batch's plan, one after the other; `add` puts a step into the recipe and names it."""

    def __init__(self, batch: Batch, contents: Contents, real: Contents | None, add: Callable[[Step], str]) -> None:
        self._batch, self._contents, self._add = batch, contents, add
        self._real = {} if real is None else real.parts
        self._langs = {} if real is None else real.langs
        self._streams = {OWN: (batch.name,), ROOT: (batch.name,), AGAINST: batch.real}
        self._of_real = {AGAINST}
        self._views: set[str] = set()

    def take(self, step: Step) -> Judge | None:
        """Seat a step. Returns the judge it is, None for a view, or where the real samples lack what it needs."""
        told = self._told_of_real(step.params)
        if step.source[0] not in self._streams or not all(told.values()):
            return None
        step = replace(step, params={**step.params, **told})
        op, source = make_op(step.op, step.params), step.source[0]
        if not isinstance(op, Metric):
            self._view(step, op)
            return None
        if step.reference and not self._comparable(step, op):
            return None
        named = f"{self._batch.name}.{step.name}"
        beside = self._reference(step, op)
        seated = self._add(replace(step, name=named, source=self._streams[source], reference=beside))
        extractor = self._streams[source][0] if source in self._views else ""
        return Judge(step.name, seated, step.op, extractor, self._twin(step, op))

    def _view(self, step: Step, op: Op) -> None:
        source, params, name = step.source[0], dict(step.params), step.name
        if source in self._of_real:
            if source not in self._views:
                stands_in = self._counterparts(op)
                if stands_in is None:
                    return
                params |= stands_in
            name = name.removesuffix(f"_{AGAINST}")
            self._of_real.add(step.name)
        stream = "-".join(self._batch.real if source in self._of_real else (self._batch.name,))[:LONGEST]
        self._views.add(step.name)
        seated = replace(step, name=f"{stream}.{name}", source=self._streams[source], params=params)
        self._streams[step.name] = (self._add(seated),)

    def _told_of_real(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Return the parameters that ask for a part of the real samples, with its name, empty where none is the one."""
        asked = {name: value for name, value in params.items() if isinstance(value, str) and value.startswith(OF_REAL)}
        return {name: self._counterpart("", cast("Kind", kind.removeprefix(OF_REAL))) for name, kind in asked.items()}

    def _reference(self, step: Step, op: Op) -> str:
        """Return what a step compares with: real samples show each part that it reads under the name it has here."""
        if not step.reference:
            return ""
        stream = self._streams[step.reference][0]
        if step.reference != AGAINST:
            return stream
        for part, kind in op.reads_parts().items():
            other = self._counterpart(part, kind)
            if other != part:
                params = {"part": other, "kind": kind, "write": part}
                stream = self._add(Step(f"{stream[:LONGEST]}.{part}", ALIAS, (stream,), params))
        return stream

    def _comparable(self, step: Step, op: Op) -> bool:
        """Whether there is one stream to compare with, and it has what the judge reads of the samples themselves."""
        if len(self._streams.get(step.reference, ())) != 1:
            return False
        if step.reference != AGAINST:
            return True
        taken = any(self._real.get(part, kind) != kind for part, kind in op.reads_parts().items())
        return not taken and self._counterparts(op) is not None

    def _twin(self, step: Step, op: Metric) -> str:
        """Judge the real samples in the same way, each alone or among the others: what is usual is no fault of a batch.

        Judges with a reference leave a sample's own id out, or fit across it. A judge of the set as a whole has its own
        way to say what real samples would give.
        """
        if not self._real or op.together:
            return ""
        source, params = step.source[0], dict(step.params)
        if source in self._views:
            beside = f"{source}_{AGAINST}"
            if beside not in self._streams:
                return ""
            streams = self._streams[beside]
        else:
            stands_in = self._counterparts(op)
            if stands_in is None:
                return ""
            streams, params = self._batch.real, params | stands_in
        named = f"{'-'.join(self._batch.real)[:LONGEST]}.{step.name}"
        beside = self._reference(step, op)
        return self._add(replace(step, name=named, source=streams, params=params, reference=beside))

    def _counterparts(self, op: Op) -> dict[str, str] | None:
        """Return which real part stands in for each that a step reads, None where one has none."""
        found = {field: self._counterpart(str(getattr(op, field)), kind) for field, kind in op.reads.items()}
        return found if all(found.values()) and len(set(found.values())) == len(found) else None

    def _counterpart(self, part: str, kind: Kind) -> str:
        """Return the real part of that name, or what the step read of that kind, or the only one in that language."""
        if self._real.get(part) == kind:
            return part
        lang = self._contents.langs.get(part, "")
        alike = [
            name
            for name, found in self._real.items()
            if found == kind and (not lang or self._langs.get(name, lang) == lang)
        ]
        read = [name for name in alike if name in self._contents.roles[SOURCE]]
        return next(iter([*read, *(alike if len(alike) == 1 else ())]), "")
