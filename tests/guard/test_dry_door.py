"""A door that counts what would leave and sends none of it, beside the gate that sends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from guard_material import AWAY, FINDERS, GRANTED, HERE, call, part

from shisaku.core.back_end import Prices
from shisaku.core.budget import Budget
from shisaku.core.policy import ON_PREM, Policy
from shisaku.errors import RecipeError
from shisaku.guard.call import Units
from shisaku.guard.client import request_of
from shisaku.guard.dry import DryDoor
from shisaku.guard.intents import journal_key
from shisaku.guard.journal import answers_in
from shisaku.guard.journal_table import Answered
from shisaku.guard.reply import Refusal, Reply

FIXED = replace(AWAY, url="https://203.0.113.7/v1")


def none(keys: Sequence[str]) -> dict[str, Answered]:
    return {}


def kinds(outcomes: list[Reply | Refusal]) -> list[str]:
    return ["reply" if isinstance(one, Reply) else one.kind for one in outcomes]


def test_what_would_leave_is_counted_per_step_and_model_with_what_the_rules_say() -> None:
    calls = [
        call(key="1"), call(part(sample="s2"), key="2"), call(part(sample="s3", licence="unknown"), key="3"),
        call(step="other", key="4"),
    ]  # fmt: skip
    door = DryDoor(GRANTED, {"painter": FIXED}, find=none, finders=FINDERS)
    assert kinds(door.send(calls)) == ["stopped", "stopped", "policy", "stopped"]
    first, other = door.rows
    assert (first.step, first.host, first.place, first.calls, first.looked_up) == (
        "captions", "203.0.113.7", "outside", 3, True,
    )  # fmt: skip
    assert (first.samples, first.fields) == ({"s1", "s2"}, {"image": 2 * len(part().data)})
    assert first.bytes == [len(request_of(one).content) for one in calls[:2]]
    n, said = first.denied["licence"]
    assert (n, "s3" in str(said)) == (1, True)
    assert (other.calls, other.denied, door.kept_back) == (1, {}, 3)
    assert json.dumps(first.to_json())


def test_the_same_request_again_and_what_was_answered_do_not_leave() -> None:
    known = call(key="known")
    answer = Answered(200, "application/json", b"{}", "", Units(), 0.0, "USD", 0.1, 1)

    def find(keys: Sequence[str]) -> dict[str, Answered]:
        return {key: answer for key in keys if key == journal_key(known, HERE)}

    door = DryDoor(Policy(), {"painter": HERE}, find=find)
    assert kinds(door.send([call(key="1"), call(key="1"), known])) == ["stopped", "stopped", "reply"]
    assert kinds(door.send([call(key="1")])) == ["stopped"]
    (row,) = door.rows
    assert (row.calls, len(row.bytes), row.repeated, row.answered) == (4, 1, 2, 1)


def test_a_name_that_was_not_looked_up_is_judged_as_outside() -> None:
    own = replace(AWAY, url="http://own.example/v1", premises=True)
    (one,) = (door := DryDoor(Policy(), {"painter": own}, find=none)).send([call()])
    assert isinstance(one, Refusal)
    assert [(row.place, row.looked_up, list(row.denied)) for row in door.rows] == [("outside", False, ["level"])]
    # On-prem, a name that claims nothing is not looked up by the gate either.
    door = DryDoor(Policy(ON_PREM), {"painter": AWAY}, find=none)
    door.send([call()])
    assert door.rows[0].looked_up


def test_prices_are_those_of_the_bound_and_unknown_without_any() -> None:
    units = Units(tokens_in=1_000_000, tokens_out=500_000)
    priced = replace(HERE, prices=Prices(tokens_in=1.0, tokens_out=2.0, currency="EUR"))
    for back_end, at_most in ((priced, 2.0), (HERE, None)):
        door = DryDoor(Policy(), {"painter": back_end}, find=none)
        door.send([call(units=units)])
        assert door.rows[0].to_json()["at_most"] == at_most
    with pytest.raises(RecipeError, match="EUR"):
        DryDoor(Policy(), {"painter": priced}, find=none, budget=Budget(money=1.0))


def test_a_model_that_is_not_there_is_refused_and_told() -> None:
    door = DryDoor(Policy(), {}, find=none)
    assert kinds(door.send([call()])) == ["policy"]
    assert door.rows[0].to_json()["denied"]["policy"]["calls"] == 1


def test_where_there_is_no_journal_none_is_made(tmp_path: Path) -> None:
    with answers_in(tmp_path / "journal") as find:
        assert find(["1"]) == {}
    assert not list(tmp_path.iterdir())
