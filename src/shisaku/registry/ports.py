"""Which parts a sample of each stream may have, and whether every op can read what it asks for.

An op may leave parts of a parent behind, so what is tracked is what *may* be there: a complaint is always right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shisaku.core.identity import fingerprint
from shisaku.core.op import Op
from shisaku.core.recipe import ROOT, Keep
from shisaku.core.sample import Kind
from shisaku.message import say
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.known import Known
from shisaku.registry.streams import CONTROL, cooking_order


@dataclass(frozen=True, slots=True)
class Ports:
    """Part name -> kinds it may be of; `open` where there may be other parts that nobody knows yet."""

    kinds: Mapping[str, frozenset[str]]
    open: bool


Flow = Mapping[str, Ports]
UNKNOWN = Ports({}, True)


def flow_of(known: Known, parts: Mapping[str, Kind] | None) -> Flow:
    """Return the ports of every stream; `parts` are those of the data (None: not known yet)."""
    root = UNKNOWN if parts is None else Ports({name: frozenset({kind}) for name, kind in parts.items()}, False)
    flow = {ROOT: root, **dict.fromkeys(known.recipe.select, root)}
    if known.cycle:
        return flow
    for work in cooking_order(known.recipe):
        if isinstance(work, Keep):
            flow[work.name] = flow[work.name + CONTROL] = flow[work.source]
            continue
        sources = [flow.get(name, UNKNOWN) for name in work.source]
        op = known.ops.get(work.name)
        if op is None:
            flow[work.name] = UNKNOWN
            continue
        made = {name: frozenset({str(kind)}) for name, kind in op.writes_parts().items()}
        flow[work.name] = Ports({**_united(sources), **made}, any(source.open for source in sources))
    return flow


def _united(sources: list[Ports]) -> dict[str, frozenset[str]]:
    kinds: dict[str, frozenset[str]] = {}
    for source in sources:
        for name, some in source.kinds.items():
            kinds[name] = kinds.get(name, frozenset()) | some
    return kinds


def unread(op: Op, stream: str, flow: Flow, loc: Loc) -> Iterator[Finding]:
    """Yield every part that `op` reads and `stream` cannot have."""
    ports = flow.get(stream, UNKNOWN)
    for part, kind in op.reads_parts().items():
        kinds = ports.kinds.get(part)
        if kinds is not None and kind not in kinds:
            found = " / ".join(sorted(kinds))
            what = say(
                "{op} reads {part} as {kind}, but in {stream} it is {found}",
                op=op.name,
                part=part,
                kind=kind,
                stream=stream,
                found=found,
            )
            yield Finding(loc, what)
        elif kinds is None and part and not ports.open:
            what = say("{op} reads the part {part}, which {stream} does not have", op=op.name, part=part, stream=stream)
            fitting = [name for name, some in ports.kinds.items() if kind in some]
            yield Finding(loc, what, did_you_mean(part, fitting))


def port_findings(known: Known, flow: Flow) -> Iterator[Finding]:
    """Yield every read of a step that cannot be fulfilled, but of views: of these one that can read is enough."""
    views = {
        (feature.op, fingerprint(dict(feature.params)))
        for study in known.recipe.studies
        for feature in (study.feature, *study.views.values())
        if study.views
    }
    for i, step in enumerate(known.recipe.steps):
        op = known.ops.get(step.name)
        if op is None or op.name != step.op or (views and (step.op, fingerprint(dict(step.params))) in views):
            continue
        for j, name in enumerate(step.source):
            yield from unread(op, name, flow, ("steps", i, "from", j))
        if step.reference:
            yield from unread(op, step.reference, flow, ("steps", i, "reference"))
