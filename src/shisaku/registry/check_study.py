"""Check a study: its streams, domains, arms, features, learner, and that nothing touches its test items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.metric import Metric
from shisaku.core.study_spec import StudySpec
from shisaku.message import say
from shisaku.registry.check_arm import without_made
from shisaku.registry.check_design import design_findings
from shisaku.registry.check_kpi import kpi_findings
from shisaku.registry.check_seen import seen_findings
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.doors import LEARNERS
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.known import Known
from shisaku.registry.make import try_behind, try_op
from shisaku.registry.ports import Flow
from shisaku.registry.streams import ancestors


def study_findings(study: StudySpec, known: Known, flow: Flow, loc: Loc) -> Iterator[Finding]:
    """Yield everything wrong with one study, which hangs at `loc`."""
    yield from known.unfit(study.real, (*loc, "real"))
    for i, domain in enumerate(study.domains):
        yield from _domain(domain, known, (*loc, "domains", i))
    for i, arm in enumerate(study.arms):
        yield from _arm(arm, known, (*loc, "arms", i))
    yield from _words(study, known, loc)
    yield from _against(study, loc)
    yield from _made_only(study, loc)
    yield from _learner(study, loc)
    yield from design_findings(study, loc)
    yield from kpi_findings(study.kpi, (*loc, "kpi"), retrieves=study.target is not None)
    yield from seen_findings(study, flow, loc)
    yield from _touched(study, known)
    yield from _required(study, known, loc)


def _words(study: StudySpec, known: Known, loc: Loc) -> Iterator[Finding]:
    """Check that domains and arms are named once, and are there where they are used."""
    domains = [domain.name for domain in study.domains]
    arms = [arm.name for arm in study.arms]
    for key, names in (("domains", domains), ("arms", arms)):
        for i, name in enumerate(names):
            if name in names[:i]:
                yield Finding((*loc, key, i, "name"), say("The name {name} is taken", name=name))
    used: list[tuple[str, Loc, list[str]]] = [(study.primary, ("primary",), domains)]
    used += [(name, ("deploy", i), domains) for i, name in enumerate(study.deploy)]
    used += [(name, ("comparators", i), arms) for i, name in enumerate(study.comparators)]
    used += [(name, ("contrasts", i), arms) for i, name in enumerate(study.contrasts)]
    used += [(name, ("against", contrast), arms) for contrast, name in study.against.items()]
    used += [(name, ("layers", i), arms) for i, name in enumerate(study.layers)]
    used += [(d.degrades, ("domains", i, "degrades"), domains) for i, d in enumerate(study.domains) if d.degrades]
    for i, arm in enumerate(study.arms):
        used += [(name, ("arms", i, "choose", j), arms) for j, name in enumerate(arm.choose)]
    for name, at, there in used:
        if name not in there and name not in known.cut:
            template = say("There is no domain {name}") if there is domains else say("There is no arm {name}")
            yield Finding((*loc, *at), say(template.template, name=name), did_you_mean(name, there))
    for i, name in enumerate(study.contrasts):
        if name in study.comparators:
            yield Finding((*loc, "contrasts", i), say("{name} is also a comparator", name=name))


def _required(study: StudySpec, known: Known, loc: Loc) -> Iterator[Finding]:
    """Check that a requirement asks one thing, and of a Metric that is there."""
    for i, one in enumerate(study.requires):
        at = (*loc, "requires", i)
        asked = sum(value is not None for value in (one.issues, one.least, one.most)) + one.kpi
        if asked != 1 or bool(one.metric) == one.kpi:
            yield Finding(at, say("A requirement is a metric with `issues`, `least` or `most`, or it is `kpi`"))
        elif one.metric and one.metric not in known.cut and not known.is_metric(one.metric):
            near = did_you_mean(one.metric, [name for name in known.classes if known.is_metric(name)])
            yield Finding((*at, "metric"), say("There is no Metric {name}", name=one.metric), near)


def _against(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Check that `against` speaks of contrasts, and that an arm which chooses does not choose among those that do."""
    for contrast, name in study.against.items():
        at = (*loc, "against", contrast)
        if contrast not in study.contrasts:
            near = did_you_mean(contrast, list(study.contrasts))
            yield Finding(at, say("{name} is not a contrast", name=contrast), near)
        elif contrast == name:
            yield Finding(at, say("{name} would be compared with itself", name=name))
    choosing = {arm.name for arm in study.arms if arm.choose}
    for i, arm in enumerate(study.arms):
        for j, name in enumerate(arm.choose):
            if name in choosing:
                what = say("{name} chooses itself: name arms that train", name=name)
                yield Finding((*loc, "arms", i, "choose", j), what)


def _made_only(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Check a study without real training items: a catalogue, models of made items, fixed real tests."""
    if study.train != "made":
        return
    if study.shots != (0,):
        yield Finding((*loc, "shots"), say("A study that trains on made items only takes no shots"))
    for i, domain in enumerate(study.domains):
        if domain.kind != "external":
            what = say("A study that trains on made items only is tested on external domains")
            yield Finding((*loc, "domains", i, "kind"), what)
    arms = {arm.name: arm for arm in study.arms}
    for i, arm in enumerate(study.arms):
        if not (arm.stream or arm.scores or arm.choose):
            what = say("There is no real item to train on: an arm needs `add`, `rows`, `scores` or `choose`")
            yield Finding((*loc, "arms", i), what)
    for i, name in enumerate(study.comparators):
        if name in arms and arms[name].scores is None:
            what = say("A comparator without made items is a system without training: an arm with `scores`")
            yield Finding((*loc, "comparators", i), what)


def _domain(domain: Domain, known: Known, loc: Loc) -> Iterator[Finding]:
    if domain.kind == "resplit" and domain.stream:
        what = say("A resplit domain is the held-out real items themselves and takes no stream")
        yield Finding((*loc, "stream"), what, say("use `kind: derived` or `kind: external`"))
    if domain.kind != "resplit" and not domain.stream:
        yield Finding(loc, say("A {kind} domain needs a stream", kind=domain.kind))
    if domain.validate and domain.kind == "resplit":
        what = say("A resplit domain is validated inside the training items and takes no stream for it")
        yield Finding((*loc, "validate"), what)
    if domain.speakers and domain.kind != "external":
        yield Finding((*loc, "speakers"), say("Only an external domain is a fixed set of recordings"))
    for key, name in (("stream", domain.stream), ("validate", domain.validate)):
        if name:
            yield from known.unfit(name, (*loc, key))


def _arm(arm: Arm, known: Known, loc: Loc) -> Iterator[Finding]:
    ideas = {
        "oversample": arm.oversample > 0,
        "add": bool(arm.add),
        "rows": bool(arm.rows),
        "more_real": arm.more_real > 1,
        "scores": arm.scores is not None,
        "choose": bool(arm.choose),
        "buy": arm.buy in ("labels", "repairs"),
    }
    chosen = [name for name, is_set in ideas.items() if is_set]
    if len(chosen) > 1:
        what = say("An arm has one idea, this one has {n}: {ideas}", n=len(chosen), ideas=", ".join(chosen))
        yield Finding(loc, what, say("make several arms"))
    for key in without_made(arm):
        yield Finding((*loc, key), say("Only an arm with `add` or `rows` takes {key}", key=key))
    if arm.keep is not None and (arm.keep.top is None) == (arm.keep.bottom is None):
        yield Finding((*loc, "keep"), say("The gate of an arm needs `top` or `bottom`, one of the two"))
    if arm.keep is not None and arm.random_keep is not None:
        yield Finding(loc, say("`keep` and its control `random_keep` are two arms"))
    for key, name in (("add", arm.add), ("rows", arm.rows)):
        if name:
            yield from known.unfit(name, (*loc, key))
    if arm.keep is not None:
        op, findings = try_op(arm.keep.metric, arm.keep.params, (*loc, "keep"))
        for finding in findings:
            at = tuple("metric" if word == "op" else word for word in finding.loc)
            yield Finding(at, finding.what, finding.hint)
        if op is not None and not isinstance(op, Metric):
            yield Finding((*loc, "keep", "metric"), say("{op} is not a Metric", op=op.name))


def _learner(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Check the learner of the study, and those of arms that have their own."""
    own = [(arm.learner, (*loc, "arms", i, "learner")) for i, arm in enumerate(study.arms)]
    for told, at in [(study.learner, (*loc, "learner")), *own]:
        params: Mapping[str, Any] = {key: value for key, value in told.items() if key != "name"}
        name = told.get("name", "")
        if told and (not isinstance(name, str) or not name):
            yield Finding(at, say("A learner needs a name"))
        elif told:
            yield from try_behind(LEARNERS, name, params, at, (*at, "name"))


def _touched(study: StudySpec, known: Known) -> Iterator[Finding]:
    """Law 8: what is mixed into training samples may not hold items that the study tests on.

    Splitting comes after cooking, so a pool that holds the real items holds test items of every split.
    """
    resplit = [study.real] if study.train == "real" else []
    tested = [*resplit, *(domain.stream for domain in study.domains if domain.kind == "external" and domain.stream)]
    lineage = {name for arm in study.arms for name in ancestors(arm.stream, known.streams)}
    for i, step in enumerate(known.recipe.steps):
        for stream in tested if step.pool and step.name in lineage else ():
            if known.covers({step.pool}, stream) or known.covers({stream}, step.pool):
                what = say("{pool} shares items with {stream}, on which a study tests", pool=step.pool, stream=stream)
                yield Finding(("steps", i, "pool"), what, say("mix in other material than what is tested on"))
