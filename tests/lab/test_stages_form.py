"""A form that is wrong is told all of it at once, each with its line; one that is right means what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from stages_material import TODAY, Form, form

from shisaku.errors import RecipeError
from shisaku.lab.stages.cells import answered, error_cells, missing
from shisaku.lab.stages.form import Form as Read
from shisaku.lab.stages.form import Response, json_schema
from shisaku.lab.stages.read import read_form
from shisaku.lab.stages.values import Sum, read_sum


def read(told: Form, *, new: bool = True, today: date = TODAY, **known: Any) -> Read:
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    found, plain = read_form(text, "gate.yaml", today=today, new=new, **known)
    assert Read.model_validate(plain) == found, "what a record keeps is the same form"
    return found


def put(*path: Any) -> Any:
    """A change of the form: the value at the end of the path goes where the keys before it lead; `...` takes away."""
    *keys, last, value = path

    def change(told: Form) -> None:
        here: Any = told
        for key in keys:
            here = here[key]
        if value is ...:
            del here[last]
        else:
            here[last] = value

    return change


WRONG: dict[str, tuple[Any, str]] = {
    "negative cost": (put("responses", 0, "cost", -3), "responses[0].cost: Money cannot be below 0"),
    "negative cap": (put("stages", "poc", "budget", "cap", "-1 JPY"), "stages.poc.budget.cap: Money cannot be below"),
    "no cost": (put("responses", 0, "cost", "much"), "must be a sum of money"),
    "a cost that is true": (put("responses", 0, "cost", True), "must be a sum of money"),
    "a cost of too many digits": (put("responses", 0, "cost", "9" * 17), "must be a sum of money"),
    "no owner": (put("responses", 1, "owner", ...), "responses[1].owner: It is missing"),
    "an empty owner": (put("responses", 1, "owner", ""), "responses[1].owner: It must not be empty"),
    "no action": (put("responses", 0, "action", ...), "action: It is missing"),
    "no deadline": (put("responses", 0, "deadline", ...), "deadline: It is missing"),
    "no date": (put("responses", 0, "deadline", "soon"), "deadline: It must be a date"),
    "a day that is none": (put("responses", 0, "deadline", "2027-02-30"), "deadline: It must be a date"),
    "in the past": (put("responses", 0, "deadline", "2026-12-31"), "The deadline 2026-12-31 is in the past"),
    "done tomorrow": (put("responses", 0, "done", "2027-01-16"), "2027-01-16 has not come yet"),
    "another currency": (put("responses", 0, "cost", "10 USD"), "responses[0].cost: It is in USD, the form is in JPY"),
    "currencies in a unit": (
        put("stages", "scale", "budget", "units", "labels", "1 EUR"),
        "units.labels: It is in EUR",
    ),
    "an unknown truth": (put("responses", 0, "truth", "goood"), "responses[0].truth: There is no class goood"),
    "an unknown answer": (put("responses", 0, "answer", "x"), "responses[0].answer: There is no class x"),
    "review as a truth": (put("responses", 0, "truth", "review"), "There is no class review"),
    "right as an error": (put("responses", 0, "answer", "good"), "Truth and answer are the same"),
    "one for all": (
        put(
            "responses",
            0,
            {"truth": "any", "answer": "any", "owner": "x", "action": "x", "cost": 1, "deadline": "2027-06-30"},
        ),
        "One response for every error is none",
    ),
    "a cell twice": (put("responses", 1, form()["responses"][0]), "good → bad has a response already, in responses[0]"),
    "an unknown stage": (put("stages", "polit", {}), "There is no polit here (did you mean pilot?)"),
    "a rollback to scale": (put("watch", "drift", "back_to", "scale"), "watch.drift.back_to: It must be 'poc'"),
    "both limits": (put("watch", "drift", "below", 0.1), "It needs one of `above` and `below`"),
    "no limit": (put("risks", 0, "trigger", "above", ...), "risks[0].trigger: It needs one of `above` and `below`"),
    "no mitigation": (put("risks", 0, "mitigation", ...), "risks[0].mitigation: It is missing"),
    "no owner of a risk": (put("risks", 0, "owner", ...), "risks[0].owner: It is missing"),
    "no trigger": (put("risks", 0, "trigger", ...), "risks[0].trigger: It is missing"),
    "a risk called drift": (put("risks", 0, "name", "drift"), "drift is there more than once"),
    "a risk called harm": (put("risks", 0, "name", "harm:main"), "risks[0].name: The name of a risk has no colon"),
    "no purpose": (put("ethics", 0, "purpose", ...), "ethics[0].purpose: It is missing"),
    "nobody answers": (put("ethics", 0, "answers", ""), "ethics[0].answers: It must not be empty"),
    "one unit": (put("stages", "poc", "budget", "units", {"all": 1000}), "at least two units"),
    "units beyond the cap": (put("stages", "poc", "budget", "cap", 999), "The units add up to 1000, the cap is 999"),
    "two sources": (put("stages", "poc", "kpi", 0, "metric", "x"), "It needs one of `figure`, `metric` and `document`"),
    "no limit of a KPI": (put("stages", "poc", "kpi", 0, "least", ...), "It needs one of `least`, `most` and `issues`"),
    "issues of a figure": (put("stages", "poc", "kpi", 0, {"figure": "gain", "issues": 0.1}), "goes with a `metric`"),
    "a place without a document": (put("stages", "poc", "kpi", 0, "at", "x"), "`document` and `at` go together"),
    "a path for a document": (put("stages", "poc", "kpi", 0, {"document": "../x", "at": "x", "least": 0}), "document:"),
    "an infinite limit": (put("stages", "poc", "kpi", 0, "least", float("inf")), "The number .inf is out of range"),
    "no money": (put("money", ...), "money: It is missing"),
    "another schema": (put("schema", 2), "schema: It must be 1"),
    "an unknown key": (put("ethic", []), "There is no ethic here (did you mean ethics?)"),
    "a reserved class": (put("classes", ["good", "bad", "review"]), "review means something else here"),
    "too few classes": (put("classes", ["good", "other"]), "The study has further classes: bad"),
    "an unknown study": (put("studies", ["mian"]), "The runs have no study mian (did you mean main?)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_thing_that_is_wrong_is_told_in_its_place(name: str) -> None:
    told = form()
    change, match = WRONG[name]
    change(told)
    with pytest.raises(RecipeError) as caught:
        read(told, classes=["bad", "good"], studies=["main"])
    problems = [str(problem) for problem in caught.value.problems]
    assert any(match in problem for problem in problems), problems
    assert all(problem.line for problem in caught.value.problems)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = form()
    some = ("negative cost", "no date", "no owner", "no limit", "one unit", "nobody answers", "an unknown stage")
    for name in some:
        WRONG[name][0](told)
    told["responses"][2]["cost"] = "1 USD"
    with pytest.raises(RecipeError) as caught:
        read(told)
    assert len(caught.value.problems) == len(some) + 1


@pytest.mark.parametrize(
    ("text", "match"),
    [("", "empty"), ("- 1", "mapping"), ("a: &x [1]\nb: *x", "Aliases"), ("a: !!python/object:os.system {}", "Tags"),
     ("a:\n\t- 1", "tab"), ("title: \x01", "not allowed"), ("x" * 2_000_000, "larger"), (b"\xff\xfe", "UTF-8")],
)  # fmt: skip
def test_what_is_no_yaml_is_one_clear_error(text: str, match: str) -> None:
    with pytest.raises(RecipeError, match="The form cannot be read") as caught:
        read_form(text, "gate.yaml", today=TODAY)
    assert match in str(caught.value)
    assert "shisaku validate" not in str(caught.value)


def test_a_form_that_is_taken_in_again_may_hold_a_deadline_that_passed() -> None:
    late = date(2028, 1, 1)
    with pytest.raises(RecipeError, match="in the past"):
        read(form(), today=late)
    assert read(form(), today=late, new=False).title == "Sorting parts"


def test_before_a_run_is_known_any_class_may_be_named() -> None:
    assert read(form()).classes == []


def test_the_published_schema_takes_what_the_program_takes() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(form(), schema)
    told = form()
    del told["responses"][0]["owner"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)


@pytest.mark.parametrize(
    ("written", "meant"),
    [(5, Sum(Decimal(5))), ("5 JPY", Sum(Decimal(5), "JPY")), (0.1, Sum(Decimal("0.1"))), ("0", Sum(Decimal(0))),
     (" 12.50  EUR ", Sum(Decimal("12.50"), "EUR"))],
)  # fmt: skip
def test_sums_are_exact(written: object, meant: Sum) -> None:
    assert read_sum(written) == meant


@pytest.mark.parametrize("written", ["", "JPY", "1,000", "1e3", "1 2 3", None, [1], True, 1e300, "0x10", "１２"])
def test_what_is_no_sum_is_refused(written: object) -> None:
    with pytest.raises(PydanticCustomError):
        read_sum(written)


ROW = {"owner": "x", "action": "x", "cost": Sum(Decimal(1)), "deadline": date(2027, 6, 30)}
NAMES = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=5, unique=True)


def row(truth: list[str], answer: list[str]) -> Response:
    return Response(truth=truth, answer=answer, **ROW)


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_a_row_for_every_class_and_one_for_no_answer_leave_nothing_out(classes: list[str]) -> None:
    assert len(error_cells(classes)) == len(classes) ** 2
    rows = [row([name], ["any"]) for name in classes]
    assert missing(rows, classes) == [(name, "review") for name in classes]
    assert missing([*rows, row(["any"], ["review"])], classes) == []


@settings(max_examples=60, deadline=None)
@given(NAMES, st.data())
def test_one_row_taken_away_is_exactly_what_is_missing(classes: list[str], data: st.DataObject) -> None:
    cells = error_cells(classes)
    lost = data.draw(st.sampled_from(cells))
    assert missing([row([truth], [answer]) for truth, answer in cells if (truth, answer) != lost], classes) == [lost]


def test_the_row_that_names_a_cell_most_closely_answers_for_it() -> None:
    rows = [row(["any"], ["b"]), row(["a"], ["b"]), row(["c"], ["any"])]
    found = answered(rows, ["a", "b", "c"])
    assert found["a", "b"] == [1]
    assert found["c", "b"] == [0, 2], "neither names it more closely: told as a problem"
    assert found["c", "a"] == [2]
