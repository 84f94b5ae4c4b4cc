"""Shards and keys: the same work has the same key, other work another."""

from __future__ import annotations

from dataclasses import replace

import pure_ops
import pytest

from shisaku.core.recipe import Step
from shisaku.engine.plan import Flow, Shard, shards_of, step_key
from shisaku.errors import RecipeError
from shisaku.store.datasets import SampleList

SAMPLES = pure_ops.numbers(10)
DATA = SampleList(SAMPLES)
FLOW = Flow("task", "k", DATA, tuple(DATA.ids()))
STEP = Step("grown", "pure.grow", ("task",), rounds=2)
OP = pure_ops.Grow()


def _keys(shards: list[Shard]) -> set[str]:
    return {shard.key for shard in shards}


def test_every_sample_is_in_one_shard_per_round() -> None:
    shards = shards_of(STEP, OP, 1, [FLOW], size=4)
    assert [(shard.round, len(shard.ids)) for shard in shards] == [(0, 4), (0, 4), (0, 2), (1, 4), (1, 4), (1, 2)]
    assert len({(shard.key, shard.name) for shard in shards}) == 6


def test_a_key_changes_with_what_changes_the_result_and_with_nothing_else() -> None:
    base = _keys(shards_of(STEP, OP, 1, [FLOW]))
    part = replace(FLOW, ids=FLOW.ids[:5])
    same = [
        shards_of(replace(STEP, line=9, params={"unused": 1}), OP, 1, [FLOW], size=3),
        shards_of(STEP, OP, 1, [replace(FLOW, name="another name")]),
        shards_of(STEP, OP, 1, [part]),
    ]
    other = [
        shards_of(STEP, pure_ops.Grow(by=3), 1, [FLOW]),
        shards_of(STEP, OP, 2, [FLOW]),
        shards_of(replace(STEP, name="other"), OP, 1, [FLOW]),
        shards_of(STEP, OP, 1, [replace(FLOW, key="other")]),
        shards_of(STEP, OP, 1, [FLOW], pool=FLOW),
        shards_of(STEP, OP, 1, [FLOW], reference=FLOW),
        shards_of(STEP, OP, 1, [FLOW], weights={"a model": "other"}),
        shards_of(STEP, OP, 1, [FLOW], pool=part),
    ]
    assert all(_keys(shards) == base for shards in same)
    found = [_keys(shards) for shards in other]
    assert all(not keys & base for keys in found)
    assert len(set.union(*found)) == sum(map(len, found))


def test_more_rounds_leave_the_earlier_ones_as_they_are() -> None:
    assert _keys(shards_of(STEP, OP, 1, [FLOW])) < _keys(shards_of(replace(STEP, rounds=5), OP, 1, [FLOW]))


def test_an_op_of_another_version_has_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _keys(shards_of(STEP, OP, 1, [FLOW]))
    monkeypatch.setattr(pure_ops.Grow, "version", 2)
    assert not before & _keys(shards_of(STEP, OP, 1, [FLOW]))


def test_a_sample_that_comes_in_twice_is_cooked_once() -> None:
    half = replace(FLOW, name="half", ids=FLOW.ids[:5])
    shards = shards_of(STEP, OP, 1, [half, FLOW], size=100)
    assert [len(shard.ids) for shard in shards if shard.round == 0] == [5, 5]


def test_a_sample_in_two_forms_is_refused() -> None:
    with pytest.raises(RecipeError, match="two forms"):
        shards_of(STEP, OP, 1, [FLOW, replace(FLOW, name="view", key="other")])


def test_a_stream_of_no_samples_still_has_a_key() -> None:
    empty = replace(FLOW, ids=())
    assert shards_of(STEP, OP, 1, [empty]) == []
    assert step_key([], [empty]) != step_key([], [replace(empty, key="other")])
