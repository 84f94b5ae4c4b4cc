"""One shard: every sample has one fate, whatever the op does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pure_ops
import pytest

from shisaku.core.drop import Failure
from shisaku.core.metric import Metric
from shisaku.core.recipe import Step
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.engine.shard import cook_shard, merged
from shisaku.engine.trace import Origin
from shisaku.errors import ContaminationError, DataError, MachineError, RecipeError, StopRequestedError
from shisaku.message import say

SAMPLES = pure_ops.numbers(6)
GROW = Step("grown", "pure.grow", ("data",))


def _reasons(op: Any, step: Step = GROW, samples: Sequence[Sample] = SAMPLES) -> dict[str, str]:
    result = cook_shard(op, step, Origin(1), samples)
    return {drop.sample: str(drop.reason) for drop in result.drops}


def test_children_are_named_after_step_and_round() -> None:
    made = [cook_shard(pure_ops.Grow(), GROW, Origin(1), SAMPLES[:1], round=turn).samples for turn in (0, 3)]
    assert [sample.id for some in made for sample in some] == ["s00/grown.0", "s00/grown.3"]
    twins = cook_shard(pure_ops.Grow(twins=3), GROW, Origin(1), SAMPLES[:1], round=2).samples
    assert [sample.id for sample in twins] == ["s00/grown.2", "s00/grown.2.1", "s00/grown.2.2"]
    assert all(sample.parents == ("s00",) and sample.depth == 1 for sample in twins)


def test_views_keep_their_ids() -> None:
    made = cook_shard(pure_ops.Square(), Step("sq", "pure.square", ("data",)), Origin(1), SAMPLES).samples
    assert [sample.id for sample in made] == [sample.id for sample in SAMPLES]
    assert [sample.parts["square"].text for sample in made][:3] == ["0", "49", "196"]


def test_only_the_poisoned_samples_leave_and_say_why() -> None:
    op = pure_ops.Grow(raises=("s02",), fails=("s03",), nothing=("s04",))
    result = cook_shard(op, GROW, Origin(1), SAMPLES)
    assert [sample.parents[0] for sample in result.samples] == ["s00", "s01", "s05"]
    assert {drop.sample: str(drop.reason) for drop in result.drops} == {
        "s02": "ZeroDivisionError: poisoned by s02",
        "s03": "s03 is not for growing",
        "s04": "It made nothing of this sample and gave no reason",
    }
    assert {(drop.step, drop.op) for drop in result.drops} == {("grown", "pure.grow")}


def test_who_is_left_is_made_as_if_there_had_been_no_poison() -> None:
    clean = {s.id: s.parts["number"].text for s in cook_shard(pure_ops.Grow(), GROW, Origin(1), SAMPLES).samples}
    spoilt = {
        s.id: s.parts["number"].text
        for s in cook_shard(pure_ops.Grow(raises=("s05",)), GROW, Origin(1), SAMPLES).samples
    }
    assert spoilt.items() < clean.items()


def test_a_wrong_number_of_outcomes_is_nobodys_but_the_guilty_ones() -> None:
    reasons = _reasons(pure_ops.Grow(short=("s01", "s04")))
    assert reasons == dict.fromkeys(("s01", "s04"), "It gave 0 outcomes for 1 samples")


def test_samples_of_somebody_else_are_not_accepted() -> None:
    assert "not derived" in _reasons(pure_ops.Grow(foreign=("s01",)))["s01"]
    assert set(_reasons(pure_ops.Square(renames=True))) == {sample.id for sample in SAMPLES}


@dataclass(frozen=True)
class _Odd(Transform):
    name: ClassVar[str] = "odd"
    how: str = ""

    def apply(self, batch: Any, rngs: Any, pool: Any = None) -> Any:
        if self.how == "none":
            return None
        if self.how == "words":
            return ["x" for _ in batch]
        if self.how == "swapped" and len(batch) > 1:
            return [(sample.child("x", parts={}),) for sample in reversed(batch)]
        if self.how == "other group":
            return [(replace(sample.child("x", parts={}), group="g"),) for sample in batch]
        if self.how == "surrogate":
            raise ValueError("\udc80 " + "long " * 1000)
        return [(sample.child("x", parts={}),) for sample in batch]


@dataclass(frozen=True)
class _Twins(Transform):
    name: ClassVar[str] = "twins"

    def apply(self, batch: Any, rngs: Any, pool: Any = None) -> Any:
        return [
            (sample.child("x", 0, parts={}), Failure(say("Hoarse")), sample.child("x", 2, parts={})) for sample in batch
        ]


def test_one_child_that_fails_leaves_under_its_name_and_the_others_stand() -> None:
    result = cook_shard(_Twins(), Step("said", "twins", ("data",)), Origin(1), SAMPLES)
    assert len(result.samples) == 2 * len(SAMPLES)
    assert len(result.drops) == len(SAMPLES)
    first = SAMPLES[0].id
    assert {f"{first}/said.0", f"{first}/said.0.2"} <= {sample.id for sample in result.samples}
    assert (result.drops[0].sample, str(result.drops[0].reason)) == (f"{first}/said.0.1", "Hoarse")


@pytest.mark.parametrize("how", ["none", "words", "other group", "surrogate"])
def test_whatever_an_op_hands_back_becomes_a_reason(how: str) -> None:
    reasons = _reasons(_Odd(how))
    assert len(reasons) == len(SAMPLES)
    assert all(len(reason.encode()) < 400 for reason in reasons.values())


def test_swapped_outcomes_are_noticed_and_set_right() -> None:
    result = cook_shard(_Odd("swapped"), GROW, Origin(1), SAMPLES)
    assert [sample.parents[0] for sample in result.samples] == [sample.id for sample in SAMPLES]


@dataclass(frozen=True)
class _Stopping(Transform):
    name: ClassVar[str] = "stopping"
    error: ClassVar[Exception] = ValueError()

    def apply(self, batch: Any, rngs: Any, pool: Any = None) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [RecipeError, MachineError, StopRequestedError, ContaminationError])
def test_what_is_no_samples_fault_stops_the_work(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Stopping, "error", error(say("stop")))
    with pytest.raises(error):
        cook_shard(_Stopping(), GROW, Origin(1), SAMPLES)


def test_a_data_error_is_the_samples_fault_and_keeps_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Stopping, "error", DataError(say("the {what} is torn", what="page")))
    assert set(_reasons(_Stopping()).values()) == {"the page is torn"}


def test_a_metric_drops_what_it_cannot_measure_or_score() -> None:
    step = Step("rank", "pure.rank", ("data",))
    result = cook_shard(pure_ops.Rank(raises=("s01",), wild=("s02",)), step, Origin(1), SAMPLES)
    reasons = {drop.sample: str(drop.reason) for drop in result.drops}
    assert reasons["s01"] == "s01 has no rank"
    assert reasons["s02"].startswith("ValueError: score pure.rank of s02 must be in [0, 1]")
    assert result.state is not None
    assert set(result.state) == {"s00", "s03", "s04", "s05"}


@dataclass(frozen=True)
class _Gossip(Metric):
    name: ClassVar[str] = "gossip"

    def measure(self, batch: Any, reference: Any = None) -> Any:
        return {sample.id: 0.5 for sample in batch} | {"somebody else": 0.5}

    def scores(self, state: Any) -> Any:
        from shisaku.core.score import Score

        return [Score(sample, self.name, value, value) for sample, value in sorted(state.items())]


def test_a_metric_may_not_score_strangers() -> None:
    reasons = _reasons(_Gossip(), Step("g", "gossip", ("data",)))
    assert set(reasons.values()) == {"It scored a sample twice, or one that it was not given"}


def test_no_samples_give_nothing() -> None:
    assert cook_shard(pure_ops.Grow(), GROW, Origin(1), []).samples == ()
    assert cook_shard(pure_ops.Rank(), GROW, Origin(1), []).state is None
    assert merged(pure_ops.Rank(), []) is None


def test_states_are_merged_in_their_order() -> None:
    @dataclass(frozen=True)
    class Order(Metric):
        name: ClassVar[str] = "order"

        def measure(self, batch: Any, reference: Any = None) -> Any:
            return {}

        def merge(self, a: Any, b: Any) -> Any:
            return {"seen": a["seen"] + b["seen"]}

        def scores(self, state: Any) -> Any:
            return []

    for n in range(1, 9):
        assert merged(Order(), [{"seen": str(i)} for i in range(n)]) == {"seen": "01234567"[:n]}
