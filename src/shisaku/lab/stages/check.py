"""What the shape of a form cannot say: currencies, limits, cells, names and dates that do not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from shisaku.lab.stages.cells import ANY, RESERVED, answered, cell_text, cells_of
from shisaku.lab.stages.form import DUTIES, WATCHED, Form
from shisaku.lab.stages.stage import STAGES
from shisaku.lab.stages.threshold import Threshold
from shisaku.lab.stages.values import Sum
from shisaku.message import say
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.finding import Finding, Loc


def check(form: Form, today: date, classes: Sequence[str], studies: Sequence[str], *, new: bool) -> list[Finding]:
    """Return everything that does not fit; `classes` and `studies` are those of the runs, none where unknown."""
    return [
        *_currencies(form),
        *_budgets(form),
        *(found for loc, one in form.thresholds() for found in _threshold(loc, one)),
        *_triggers(form),
        *_classes(form, classes),
        *_cells(form, form.classes or classes),
        *_names(form, studies),
        *_dates(form, today, new=new),
    ]


def _currencies(form: Form) -> Iterator[Finding]:
    for loc, sum_ in _sums(form):
        if sum_.currency and sum_.currency != form.money.currency:
            yield Finding(
                loc,
                say("It is in {theirs}, the form is in {ours}", theirs=sum_.currency, ours=form.money.currency),
                say("Give all money in one currency"),
            )


def _sums(form: Form) -> Iterator[tuple[Loc, Sum]]:
    for place, row in enumerate(form.responses):
        yield ("responses", place, "cost"), row.cost
    for stage in STAGES:
        budget = form.part(stage).budget
        if budget:
            yield ("stages", stage, "budget", "cap"), budget.cap
            for name, unit in budget.units.items():
                yield ("stages", stage, "budget", "units", name), unit


def _budgets(form: Form) -> Iterator[Finding]:
    for stage in STAGES:
        budget, loc = form.part(stage).budget, ("stages", stage, "budget", "units")
        if budget is None:
            continue
        if len(budget.units) < 2:
            yield Finding(loc, say("A budget is split into at least two units, each with its own cap"))
        total = sum((unit.amount for unit in budget.units.values()), Decimal(0))
        if total > budget.cap.amount:
            yield Finding(
                loc, say("The units add up to {total}, the cap is {cap}", total=str(total), cap=str(budget.cap.amount))
            )


def _threshold(loc: Loc, one: Threshold) -> Iterator[Finding]:
    sources = [name for name in ("figure", "metric", "document") if getattr(one, name)]
    if len(sources) != 1:
        yield Finding(loc, say("It needs one of `figure`, `metric` and `document`"))
    if sum(limit is not None for limit in (one.least, one.most, one.issues)) != 1:
        yield Finding(loc, say("It needs one of `least`, `most` and `issues`"))
    if one.issues is not None and not one.metric:
        yield Finding(loc, say("`issues` goes with a `metric`"))
    if one.finding and (not one.metric or one.issues is not None):
        yield Finding(loc, say("`finding` goes with a `metric` and `least` or `most`"))
    if bool(one.at) != bool(one.document):
        yield Finding(loc, say("`document` and `at` go together"))


def _triggers(form: Form) -> Iterator[Finding]:
    watched = [(("watch", name), getattr(form.watch, name)) for name in WATCHED]
    risks = [(("risks", place, "trigger"), risk.trigger) for place, risk in enumerate(form.risks)]
    for loc, one in (*watched, *risks):
        if one is not None and (one.above is None) == (one.below is None):
            yield Finding(loc, say("It needs one of `above` and `below`"))


def _classes(form: Form, classes: Sequence[str]) -> Iterator[Finding]:
    for place, name in enumerate(form.classes):
        if name in RESERVED:
            yield Finding(("classes", place), say("{name} means something else here", name=name))
    if form.classes:
        lacking = sorted(set(classes) - set(form.classes))
        if lacking:
            yield Finding(("classes",), say("The study has further classes: {names}", names=", ".join(lacking)))
    known = [*(form.classes or classes), *RESERVED]
    for place, row in enumerate(form.responses if len(known) > len(RESERVED) else ()):
        for key, allowed in (("truth", [*known[: -len(RESERVED)], ANY]), ("answer", known)):
            for name in getattr(row, key):
                if name not in allowed:
                    what = say("There is no class {name}", name=name)
                    yield Finding(("responses", place, key), what, did_you_mean(name, allowed))


def _cells(form: Form, classes: Sequence[str]) -> Iterator[Finding]:
    for place, row in enumerate(form.responses):
        loc: Loc = ("responses", place)
        if ANY in row.truth and ANY in row.answer:
            yield Finding(loc, say("One response for every error is none: name the truth or the answer"))
        elif not any(True for _ in cells_of(row, classes or sorted({*row.truth, *row.answer}))):
            yield Finding(loc, say("Truth and answer are the same: that is no error"))
    for cell, places in answered(form.responses, classes).items():
        for place in places[1:]:
            what = say("{cell} has a response already, in responses[{n}]", cell=cell_text(cell), n=places[0])
            yield Finding(("responses", place), what)


def _names(form: Form, studies: Sequence[str]) -> Iterator[Finding]:
    lists: list[tuple[Loc, Sequence[str]]] = [
        (("studies",), form.studies),
        (("classes",), form.classes),
        (("risks",), [*WATCHED, *(risk.name for risk in form.risks)]),
        (("ethics",), [name for one in form.ethics for name in one.of]),
        *((("stages", stage, "sign"), form.part(stage).sign) for stage in STAGES),
    ]
    for loc, names in lists:
        for name, times in Counter(names).items():
            if times > 1:
                yield Finding(loc, say("{name} is there more than once", name=name))
    for place, risk in enumerate(form.risks):
        if ":" in risk.name:  # triggers that follow from evidence and record have names with a colon
            yield Finding(("risks", place, "name"), say("The name of a risk has no colon"))
    for place, name in enumerate(form.studies if studies else ()):
        if name not in studies:
            what = say("The runs have no study {name}", name=name)
            yield Finding(("studies", place), what, did_you_mean(name, list(studies)))


def _dates(form: Form, today: date, *, new: bool) -> Iterator[Finding]:
    for place, row in enumerate(form.responses):
        if new and row.done is None and row.deadline < today:
            what = say("The deadline {day} is in the past", day=row.deadline.isoformat())
            yield Finding(
                ("responses", place, "deadline"), what, say("Set a later one, or say since when it is `done`")
            )
    duties: list[tuple[Loc, Any]] = [(("organisation", name), getattr(form.organisation, name)) for name in DUTIES]
    rows: list[tuple[Loc, Any]] = [(("responses", place), row) for place, row in enumerate(form.responses)]
    for loc, one in (*rows, *duties):
        if one is not None and one.done is not None and one.done > today:
            yield Finding((*loc, "done"), say("{day} has not come yet", day=one.done.isoformat()))
