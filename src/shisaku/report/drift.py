"""What happens to samples hop by hop: how many go in and come out, why others do not, how good they still are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report.descent import Descent
from shisaku.report.flow import Reason, reasons
from shisaku.report.measures import Hop, Measures
from shisaku.report.numbers import count, percent
from shisaku.report.origins import origins, size
from shisaku.report.paths import Path
from shisaku.report.record import Record
from shisaku.report.sampled import asked_of
from shisaku.report.words import Words, _


@dataclass(frozen=True, slots=True)
class Leg:
    """One hop of a chain.

    `there` samples lay before it, `entered` of them were given to it, `through` of those have something behind it:
    `n` samples, more than `through` where each was made into several. `failed` counts attempts that gave nothing,
    `reason` the most frequent cause. `origins` is how many of the chain's first samples are still represented
    (None: cannot be told). Where a step reads several streams (`shared`) the numbers are of all of them.
    """

    stream: str
    op: str
    first: bool
    gate: bool
    shared: bool
    there: int
    entered: int
    through: int
    n: int
    failed: int
    reason: Reason | None
    origins: int | None
    measures: Sequence[Hop]

    @property
    def lost(self) -> int:
        """Samples that went in and have nothing behind the hop."""
        return max(0, self.entered - self.through)

    @property
    def each(self) -> float:
        """How many samples came of one that got through."""
        return self.n / self.through if self.through else 0.0


def drift(record: Record, descent: Descent, measures: Measures, path: Path) -> list[Leg]:
    """Return the hops of a chain, the first one being what came in; from the tables of the run alone."""
    left = origins(record, descent, path)
    first = size(record, path[0])
    gate = record.graph.kept(path[0])
    start = Leg(path[0], "", True, gate, False, first, first, first, first, 0, None, left[0], measures.at(path[0]))
    return [start, *(_leg(record, descent, measures, s, n) for s, n in zip(path[1:], left[1:], strict=True))]


def _leg(record: Record, descent: Descent, measures: Measures, stream: str, left: int | None) -> Leg:
    gate, n, sources = record.graph.kept(stream), size(record, stream), record.graph.sources(stream)
    there = sum(size(record, source) for source in sources)
    asked = next((asked_of(r)[0] for r in record.tables["counts"] if r["step"] == stream), None)
    why = [reason for reason in reasons(record.tables["drops"]) if reason.step == stream]
    return Leg(
        stream=stream,
        op="" if gate else record.graph.maker(stream),
        first=False,
        gate=gate,
        shared=len(sources) > 1,
        there=there,
        entered=there if asked is None else asked,
        through=sum(step == stream for step, _parent in descent.children) if descent.makes(stream) else n,
        n=n,
        failed=sum(reason.n for reason in why),
        reason=why[0] if why else None,
        origins=left,
        measures=measures.at(stream),
    )


def told(legs: Sequence[Leg]) -> list[Words]:
    """Return a chain's losses in a few sentences: who went all the way, where most were lost, what nobody measured."""
    said = []
    first, last = legs[0], legs[-1]
    if last.origins is not None and first.n:
        share = percent(round(last.origins / first.n, 3))
        here = {"left": count(last.origins), "all": count(first.n), "share": share}
        said.append(_("{left} of {all} samples that came in are still represented at the end ({share}).", **here))
    said.append(_worst(legs[1:]))
    unmeasured = [leg.stream for leg in legs[1:] if not leg.measures]
    if unmeasured:
        said.append(_("Not measured: {steps}.", steps=", ".join(unmeasured)))
    return said


def _worst(legs: Sequence[Leg]) -> Words:
    worst = max(legs, key=lambda leg: (leg.lost / leg.entered if leg.entered else 0.0, leg.failed))
    where = {"step": worst.stream, "n": count(worst.lost), "all": count(worst.entered)}
    why = worst.reason.example if worst.reason else None
    if worst.lost and why:
        return _("Most were lost at “{step}”: {n} of {all}. Most frequent reason: {why}.", **where, why=why)
    if worst.lost:
        return _("Most were lost at “{step}”: {n} of {all}.", **where)
    if why:
        failed = {"step": worst.stream, "n": count(worst.failed)}
        return _("No sample was lost, but {n} attempts failed at “{step}”. Reason: {why}.", **failed, why=why)
    return _("No sample was lost on the way.")
