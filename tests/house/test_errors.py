"""Errors survive worker processes and say what, where and what next."""

from __future__ import annotations

import inspect
import pickle

import pytest

from shisaku import errors
from shisaku.errors import Problem, RecipeError, ShisakuError
from shisaku.message import Message, say

ALL = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, ShisakuError)]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_an_error_survives_the_trip_between_processes(cls: type[ShisakuError]) -> None:
    error = cls(say("{n} files are broken", n=3), where="photos/", next=say("Look at them"))
    again = pickle.loads(pickle.dumps(error))
    assert (again.what, again.where, again.next, again.exit_code) == (
        error.what,
        error.where,
        error.next,
        error.exit_code,
    )
    assert str(again) == "photos/: 3 files are broken\n  -> Look at them"


def test_a_recipe_error_carries_all_its_problems_across() -> None:
    problems = [
        Problem(3, "steps[0].op", say("no such op"), say("did you mean {x}?", x="image.embed")),
        Problem(9, "", say("y")),
    ]
    again = pickle.loads(pickle.dumps(RecipeError(say("bad"), problems=problems)))
    assert list(again.problems) == problems
    assert "line 3: steps[0].op: no such op (did you mean image.embed?)" in str(again)
    assert len(again.to_json()["problems"]) == 2


def test_exit_codes_are_the_documented_ones() -> None:
    assert {cls.exit_code for cls in ALL} == {2, 4, 5}
    drawn = inspect.getdoc(errors) or ""
    for cls in ALL:
        assert cls.__name__ in drawn, f"{cls.__name__} is not in the drawn tree"


def test_a_message_goes_to_json_and_back() -> None:
    message = say("{share:.1%} of {n}", share=0.25, n=4)
    assert str(Message.from_json(message.to_json())) == "25.0% of 4"
