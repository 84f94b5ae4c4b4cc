"""Read a form for a proof of concept: from a file or a text to a PocForm, or one error that holds all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shisaku.core.amount import Amount
from shisaku.core.poc_form import ANY, FALSE_ALARM, MISSED, Assumed, Held, PocForm, Prices, Worth
from shisaku.errors import RecipeError
from shisaku.message import Message, say
from shisaku.registry.complaints import complaints
from shisaku.registry.finding import Finding, Loc, problems_of
from shisaku.registry.poc_check import form_findings
from shisaku.registry.poc_schema import ErrorCostShape, PocShape
from shisaku.registry.poc_told import Told
from shisaku.registry.yaml_tree import MAX_BYTES, Node, compose

KEY = "poc"
_SIGN = re.compile(rb"^(\xef\xbb\xbf)?[\"']?poc[\"']?[ \t]*:", re.M)
# Stand in for what could not be read, so that the rest can be checked in the same go.
_STAND_INS: Mapping[str, Any] = {
    "title": "?", "decides": "?", "data": "image", "expected_gain": [0.0], "test": "own", "labelled": {"a": 0, "b": 0},
    "currency": "?", "prices": {"label": 0.0, "made": 0.0, "check": 0.0, "hour": 0.0},
    "hours": {"setup": 0.0, "look": 0.0},
}  # fmt: skip


def is_form(path: Path | str) -> bool:
    """Whether the file is a form and not a recipe: it has a key `poc` at the top, whatever else is wrong with it."""
    try:
        with Path(path).open("rb") as file:
            return _SIGN.search(file.read(MAX_BYTES)) is not None
    except OSError:
        return False


def load_form(path: Path | str, today: date) -> PocForm:
    """Return the form in a YAML file. Raises RecipeError, also if there is no such file."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = say("The form cannot be read: {cause}", cause=error.strerror or str(error))
        raise RecipeError(what, where=str(path), next=say("`shisaku plan --form` prints an empty one")) from error
    return parse_form(raw, str(path), today)


def parse_form(text: str | bytes, where: str, today: date) -> PocForm:
    """Return the form in a YAML text; `where` names its origin in errors.

    Raises RecipeError with every problem and its line; a deadline must lie after `today`.
    """
    tree = _tree(text, where)
    poc = tree.inner(KEY)
    findings = _beside(tree)
    if poc is None or not isinstance(poc.value, dict):
        what = say("It must be a mapping (`key: value`)") if poc else say("It is missing")
        raise _error([*findings, Finding((KEY,), what)], tree, where)
    plain, told = Told.of(poc)
    shape, unread, wrong = _shape(plain)
    said = {finding.loc for finding in told}
    findings += told + [one for one in wrong if one.loc not in said]
    findings += form_findings(shape, today, unread | {str(one.loc[1]) for one in told})
    if findings:
        raise _error(findings, tree, where)
    return _form(shape)


def _tree(text: str | bytes, where: str) -> Node:
    try:
        return compose(text, where)
    except RecipeError as error:
        raise RecipeError(say("The form cannot be read"), where, _again(), error.problems) from None


def _beside(tree: Node) -> list[Finding]:
    names = [name for name in tree.value if name != KEY] if isinstance(tree.value, dict) else []
    hint = say("a form holds `poc` alone; a recipe is a file of its own")
    return [Finding((name,), say("There is no {key} here", key=name), hint) for name in names]


def _shape(plain: Mapping[str, Any]) -> tuple[PocShape, frozenset[str], list[Finding]]:
    """Return the shape, the keys that could not be read, and why; stand-ins take the place of those that must be."""
    try:
        return PocShape.model_validate(plain), frozenset(), []
    except ValidationError as error:
        wrong = complaints(error, PocShape, (KEY,))
    unread = frozenset(str(one.loc[1]) for one in wrong)
    rest = {key: value for key, value in plain.items() if key not in unread}
    return PocShape.model_validate({**_STAND_INS, **rest}), unread, [_relocated(one) for one in wrong]


def _relocated(one: Finding) -> Finding:
    """Return a complaint about `any` at the place where no name is written."""
    return Finding(tuple(word for word in one.loc if word != ANY), one.what, one.hint)


def _error(findings: Sequence[Finding], tree: Node, where: str) -> RecipeError:
    problems = problems_of(findings, lambda loc: tree.place(_written(loc, tree)))
    different = {str(problem): problem for problem in problems}
    return RecipeError(
        say("The form has {n} problem(s)", n=len(different)),
        where=where,
        next=_again(),
        problems=sorted(different.values(), key=lambda problem: (problem.line == 0, problem.line)),
    )


def _again() -> Message:
    return say("Correct it and run `shisaku plan` again; `shisaku plan --form` prints an empty form")


def _written(loc: Loc, tree: Node) -> Loc:
    """Return `loc` without the positions in a list that a person wrote as one number."""
    node: Node | None = tree
    for done, word in enumerate(loc):
        node = node.inner(word) if node else None
        if node is not None and not isinstance(node.value, dict | list):
            return loc[: done + 1]
    return loc


def _form(shape: PocShape) -> PocForm:
    return PocForm(
        title=shape.title,
        decides=shape.decides,
        kind=shape.data,
        labelled=Held(shape.labelled, shape.groups),
        worth=_worth(shape),
        prices=Prices(**{name: Amount.of(*told) for name, told in shape.prices.model_dump().items()}),
        expected_gain=Amount.of(*shape.expected_gain),
        test=shape.test,
        untouched=Held(_every(shape), shape.untouched_groups) if shape.test == "untouched" else Held(),
        unlabelled=shape.unlabelled,
        unlabelled_share=_amount(shape.unlabelled_share),
        positive=shape.positive,
        positive_share=_amount(shape.positive_share),
        error_rate=_amount(shape.error_rate),
        smallest_gain=shape.smallest_gain,
        largest_loss=shape.largest_loss,
        setup_hours=shape.hours.setup,
        look_hours=shape.hours.look,
        made_per_real=shape.made_per_real,
        budget=shape.budget,
        loss_cap=shape.loss_cap,
        deadline=date.fromisoformat(shape.deadline) if shape.deadline else None,
        labels_per_day=shape.labels_per_day,
        splits=shape.splits,
        looks=shape.looks,
        wanted=shape.wanted,
        refuse=shape.refuse,
        assumed=Assumed(**{name: _amount(told) for name, told in shape.assumed.model_dump().items()}),
    )


def _worth(shape: PocShape) -> Worth:
    return Worth(
        shape.currency,
        shape.illustrative,
        _costs(shape.error_cost),
        _amount(shape.items_per_year),
        shape.years,
        _amount(shape.rollout),
        _amount(shape.running),
    )


def _costs(shape: ErrorCostShape | None) -> dict[str, Amount]:
    told = {} if shape is None else {ANY: shape.any_, MISSED: shape.missed, FALSE_ALARM: shape.false_alarm}
    return {name: Amount.of(*numbers) for name, numbers in told.items() if numbers is not None}


def _every(shape: PocShape) -> dict[str, int]:
    return {name: shape.untouched.get(name, 0) for name in shape.labelled}


def _amount(told: Sequence[float] | None) -> Amount | None:
    return None if told is None else Amount.of(*told)
