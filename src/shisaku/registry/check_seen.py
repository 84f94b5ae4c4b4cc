"""Check the ops through which a study sees samples: they write an embedding, and every stream can be seen by one."""

from __future__ import annotations

from collections.abc import Iterator

from shisaku.core.feature import Feature
from shisaku.core.op import Op
from shisaku.core.study_spec import StudySpec
from shisaku.core.transform import Transform
from shisaku.message import say
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.make import try_op
from shisaku.registry.ports import Flow, unread

Streams = list[tuple[str, Loc]]


def seen_findings(study: StudySpec, flow: Flow, loc: Loc) -> Iterator[Finding]:
    """Yield what is wrong with the features, views, target and scores of one study, which hangs at `loc`."""
    tested: Streams = [(study.real, ("real",))] if study.train == "real" else []
    for i, domain in enumerate(study.domains):
        tested += [(domain.stream, ("domains", i, "stream")), (domain.validate, ("domains", i, "validate"))]
    trained: Streams = []
    for i, arm in enumerate(study.arms):
        trained += [(arm.add, ("arms", i, "add")), (arm.rows, ("arms", i, "rows"))]
        if arm.scores is not None:
            yield from _features([(arm.scores, (*loc, "arms", i, "scores"))], tested, flow, loc)
    views = [(feature, (*loc, "views", name)) for name, feature in study.views.items()]
    yield from _features([(study.feature, (*loc, "feature")), *views], tested + trained, flow, loc)
    if study.target is not None:
        yield from _features([(study.target, (*loc, "target"))], tested + trained, flow, loc)
    if study.grouping.text:
        ports = flow.get(study.real)
        kinds = ports.kinds.get(study.grouping.text) if ports else None
        if ports and not ports.open and (kinds is None or "text" not in kinds):
            what = say("{stream} has no text part {part}", stream=study.real, part=study.grouping.text)
            yield Finding((*loc, "grouping", "text"), what)


def _features(features: list[tuple[Feature, Loc]], streams: Streams, flow: Flow, study: Loc) -> Iterator[Finding]:
    """Yield what is wrong with each Feature by itself, and every stream that none of them can read."""
    ops: list[Op] = []
    for feature, loc in features:
        op, findings = try_op(feature.op, feature.params, loc)
        yield from findings
        if op is None:
            continue
        if not (isinstance(op, Transform) and op.makes == "views" and "embedding" in op.writes_parts().values()):
            yield Finding((*loc, "op"), say("{op} does not write an embedding into its samples", op=op.name))
            continue
        ops.append(op)
    for name, at in streams:
        complaints = [list(unread(op, name, flow, (*study, *at))) for op in ops] if name else []
        # An item may lack a modality, and so may a whole stream; one that no view can read is no use.
        if len(ops) == len(features) and all(complaints):
            yield from (finding for some in complaints for finding in some)
