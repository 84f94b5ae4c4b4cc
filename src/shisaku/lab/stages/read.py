"""Read a form: from YAML to a checked Form, or one error that holds everything wrong with it, each with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pydantic import ValidationError

from shisaku.errors import RecipeError
from shisaku.lab.stages.check import check
from shisaku.lab.stages.form import Form
from shisaku.message import Message, say
from shisaku.registry.complaints import complaints, shown
from shisaku.registry.finding import Finding, Loc, problems_of
from shisaku.registry.yaml_tree import Node, compose

_TRIES: Final = 4
_OURS: Final[Mapping[str, Message]] = {
    "no_sum": say("It must be a sum of money, as `1200` or `1200 JPY`"),
    "negative_sum": say("Money cannot be below 0 here"),
    "no_date": say("It must be a date, as 2027-03-31"),
}


def read_form(
    raw: bytes | str, where: str, *, today: date, classes: Sequence[str] = (), studies: Sequence[str] = (),
    new: bool = True,
) -> tuple[Form, dict[str, object]]:  # fmt: skip
    """Return the Form in a YAML text, and its plain values, which a record keeps.

    `classes` and `studies` are those of the runs, none where no run is known. A deadline that has passed is wrong in a
    `new` form. Raises RecipeError with every problem and its line.
    """
    try:
        tree = compose(raw, where)
    except RecipeError as error:
        raise RecipeError(
            say("The form cannot be read"), where, say("Correct it and call the same command again"), error.problems
        ) from None
    findings: tuple[Finding, ...] | None = None
    plain = tree.plain()
    form, mended = None, tree
    for _ in range(_TRIES):
        try:
            form = Form.model_validate(mended.plain())
            break
        except ValidationError as error:
            wrong = _complaints(error)
            findings = tuple(wrong) if findings is None else findings
            for loc in sorted({_piece(f.loc) for f in wrong}, key=_backwards):
                mended = _without(mended, loc)
    problems = problems_of(findings or (), tree.place)
    if form is not None:
        problems += problems_of(check(form, today, classes, studies, new=new), mended.place)
    if form is None or problems:
        told = {str(problem): problem for problem in problems}
        raise RecipeError(
            say("The form has {n} problem(s)", n=len(told)),
            where=where,
            next=say("Correct them and call the same command again; `shisaku gate form --schema` prints what it takes"),
            problems=sorted(told.values(), key=lambda problem: (problem.line == 0, problem.line)),
        )
    return form, plain


def _complaints(error: ValidationError) -> list[Finding]:
    raws = error.errors(include_url=False)
    return [
        replace(one, what=_OURS[raw["type"]], hint=say("got {got}", got=shown(raw.get("input"))))
        if raw["type"] in _OURS
        else one
        for raw, one in zip(raws, complaints(error, Form), strict=True)
    ]


def _piece(loc: Loc) -> Loc:
    """Return the smallest piece around `loc` that a form can do without: an entry of a list, else a top key."""
    places = [end for end, word in enumerate(loc, 1) if isinstance(word, int)]
    return loc[: places[0]] if places else loc[: 3 if loc[0] == "stages" else 2 if loc[0] in _PARTED else 1]


_PARTED: Final = ("gates", "watch", "organisation")


def _backwards(loc: Loc) -> list[tuple[int, int, str]]:
    """Order so that later entries of a list go first: the positions of earlier ones stay true."""
    return [(1, 0, word) if isinstance(word, str) else (0, -word, "") for word in loc]


def _without(node: Node, loc: Loc) -> Node:
    word, rest = loc[0], loc[1:]
    if isinstance(node.value, dict) and isinstance(word, str):
        entries = {key: inner for key, inner in node.value.items() if rest or key != word}
        if rest and word in entries:
            entries[word] = _without(entries[word], rest)
        return replace(node, value=entries)
    if isinstance(node.value, list) and isinstance(word, int) and word < len(node.value):
        inner = [_without(node.value[word], rest)] if rest else []
        return replace(node, value=[*node.value[:word], *inner, *node.value[word + 1 :]])
    return node
