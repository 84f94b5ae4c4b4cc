"""Check what a study asks beyond single arms: views, money, how items are heeded, settings to try."""

from __future__ import annotations

import json
from collections.abc import Iterator

from shisaku.core.arm import Arm
from shisaku.core.metric import Metric
from shisaku.core.study_spec import StudySpec
from shisaku.message import say
from shisaku.registry.check_arm import MAIN_VIEW, PRICES, affordable, views_of
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.doors import LEARNERS, names
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.make import try_behind, try_op


def design_findings(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Yield what is wrong with a study's views, purchases, losses and grids."""
    yield from _views(study, loc)
    yield from _tune(study, loc)
    for i, arm in enumerate(study.arms):
        at = (*loc, "arms", i)
        yield from _size(study, arm, at)
        yield from _money(study, arm, at)
        yield from _loss(study, arm, (*at, "loss"))


def _views(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Check that arms and domains speak of views that are there."""
    there = views_of(study)
    if MAIN_VIEW in study.views:
        what = say("The view of `feature` is called {name}: the name is taken", name=MAIN_VIEW)
        yield Finding((*loc, "views", MAIN_VIEW), what)
    used: list[tuple[str, Loc]] = []
    for i, arm in enumerate(study.arms):
        used += [(name, ("arms", i, "views", j)) for j, name in enumerate(arm.views)]
    for i, domain in enumerate(study.domains):
        used += [(name, ("domains", i, "spoil", name)) for name in domain.spoil]
    for name, at in used:
        if name not in there:
            hint = did_you_mean(name, list(there)) if there else say("name the further ones under `views` of the study")
            yield Finding((*loc, *at), say("There is no view {name}", name=name), hint)


def _tune(study: StudySpec, loc: Loc) -> Iterator[Finding]:
    """Check that every setting to try is one, and is tried once."""
    name = study.learner.get("name", "logistic" if study.target is None else "ridge")
    if name not in names(LEARNERS):
        return
    params = {key: value for key, value in study.learner.items() if key != "name"}
    for key, values in study.tune.items():
        at: Loc = (*loc, "tune", key)
        told = [json.dumps(value, sort_keys=True) for value in values]
        if len(set(told)) < len(told):
            yield Finding(at, say("A value is tried twice"))
        for value in values:
            found = try_behind(LEARNERS, name, {**params, key: value}, at, (*loc, "learner", "name"))
            # The first is enough: a parameter that is not there is missing for every value.
            if found:
                yield Finding(at, found[0].what, found[0].hint)
                break


def _size(study: StudySpec, arm: Arm, loc: Loc) -> Iterator[Finding]:
    if arm.nearest and arm.add:
        what = say("Retrieval takes rows of another source, and `add` is made from the study's own items")
        yield Finding((*loc, "nearest"), what, say("name that source's stream with `rows`"))
    if arm.ratio is not None and arm.buy == "made":
        yield Finding((*loc, "ratio"), say("`ratio` and `buy` both say how many made items there are: set one"))
    if arm.alone and study.train == "made":
        what = say("A study that trains on made items only has no real ones to leave out")
        yield Finding((*loc, "alone"), what)


def _money(study: StudySpec, arm: Arm, loc: Loc) -> Iterator[Finding]:
    if not arm.buy:
        return
    price = PRICES[arm.buy]
    if not study.budget or price not in study.prices:
        yield Finding(
            (*loc, "buy"),
            say("Arm {arm} buys {what}, but the study has no budget or no price of it", arm=arm.name, what=arm.buy),
            say("set `budget` and `prices` with `{price}`, in one currency", price=price),
        )
    elif not affordable(study, arm):
        yield Finding((*loc, "buy"), say("The budget does not buy one of the {what}", what=arm.buy))
    if arm.buy == "repairs" and not study.label_noise:
        what = say("There is nothing to repair: the labels of the real stream count as right")
        yield Finding((*loc, "buy"), what, say("set `label_noise`, the share of labels that are made wrong first"))


def _loss(study: StudySpec, arm: Arm, loc: Loc) -> Iterator[Finding]:
    loss = arm.loss
    told = loss.confidence
    if told is not None:
        at = (*loc, "confidence")
        op, findings = try_op(told.metric, told.params, at)
        for finding in findings:
            yield Finding(tuple("metric" if word == "op" else word for word in finding.loc), finding.what, finding.hint)
        if op is not None and not isinstance(op, Metric):
            yield Finding((*at, "metric"), say("{op} is not a Metric", op=op.name))
        if told.top is not None or told.bottom is not None:
            yield Finding(at, say("A confidence weighs every item and drops none: it takes no `top` or `bottom`"))
    alone = study.train == "made" or arm.alone
    needs = {"soften": loss.soften > 0 and alone, "curriculum": loss.curriculum > 0 and alone,
             "confidence": told is not None and study.train == "made"}  # fmt: skip
    for key, lacking in needs.items():
        if lacking:
            yield Finding((*loc, key), say("{key} needs real training items, and this arm has none", key=key))
