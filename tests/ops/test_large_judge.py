"""Judging by a large model: who may, in which order, and what people say to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from ops_material import rngs, samples

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.models.ask import Answer, Ask, Generator, Role
from shisaku.models.desk import Desk, at
from shisaku.ops.judge.prefer import Prefer
from shisaku.ops.judge.rubric import Rubric
from shisaku.ops.judge.verdict import Verdict
from shisaku.testing.doubles import DoubleDesk


class Referee:
    """A judge that answers by a rule, and keeps what it was asked."""

    backend = "llama-3-70b (OpenAI-compatible server)"

    def __init__(self, rule: Callable[[Ask], dict[str, Any]]) -> None:
        self._rule = rule
        self.asks: list[Ask] = []

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        self.asks += asks
        return [Part.from_text(json.dumps({"why": "so", **self._rule(ask)})) for ask in asks]


class RefereeDesk(Desk):
    def __init__(self, referee: Referee) -> None:
        super().__init__()
        self.referee = referee

    def take(self, role: Role, name: str = "") -> Generator:
        return cast("Generator", self.referee)

    def back_end(self, role: Role, name: str = "") -> BackEnd:
        return BackEnd(name or "referee", "openai", "meta-llama/llama-3-70b")


def made(n: int = 4) -> list[Sample]:
    return [
        one.child("reword", parts={"caption": Part.from_text(f"{one.parts['caption'].text} again", "en")})
        for one in samples()[:n]
    ]


def judged(op: Rubric | Prefer, referee: Referee, batch: Sequence[Sample], pool: Any = None) -> list[Any]:
    with at(RefereeDesk(referee)):
        return op.apply(batch, rngs(batch), pool)


def told(outcome: Any) -> dict[str, Any]:
    assert not isinstance(outcome, Failure), str(outcome.reason)
    return cast("dict[str, Any]", json.loads(outcome[0].parts["verdict"].text))


def test_a_grade_is_written_down_with_its_judge_and_rubric() -> None:
    referee = Referee(lambda ask: {"grade": 4})
    op = Rubric(model="referee", prompt="Is it a {{ labels['class'] }}?")
    found = [told(one) for one in judged(op, referee, made())]
    assert {one["grade"] for one in found} == {4}
    assert {one["judge"] for one in found} == {"llama-3-70b"}
    assert referee.asks[0].prompt.startswith("Is it a c0?")
    assert referee.asks[0].parts == ("caption",)
    score = Verdict().scores(Verdict().measure([one[0] for one in judged(op, referee, made())]))[0]
    assert (score.value, score.raw, score.issue) == (0.75, 4.0, False)


@pytest.mark.parametrize("answer", [{"grade": 9}, {"grade": "good"}, {"mark": 3}])
def test_an_answer_that_was_not_asked_for_fails(answer: dict[str, Any]) -> None:
    (outcome,) = judged(Rubric(model="referee"), Referee(lambda ask: answer), made(1))
    assert isinstance(outcome, Failure)


def test_a_relative_of_the_maker_is_refused_unless_it_is_stated() -> None:
    kin = [replace(one, facts={"rewriter": "Llama-3.1-8B"}) for one in made(2)]
    referee = Referee(lambda ask: {"grade": 5})
    refused = judged(Rubric(model="referee"), referee, kin)
    assert all(isinstance(one, Failure) and "family" in str(one.reason) for one in refused)
    assert referee.asks == []
    stated = judged(Rubric(model="referee", same_family="stated"), referee, kin)
    assert told(stated[0])["kin"] == ["llama"]
    state = Verdict().measure([one[0] for one in stated])
    assert any(one.weight == "warn" and "llama" in str(one.what) for one in Verdict().findings(state))
    refused = judged(Prefer(model="referee", against="ancestor"), referee, kin, samples())
    assert all(isinstance(one, Failure) for one in refused)


def test_the_embedded_judge_follows_no_rubric() -> None:
    with pytest.raises(RecipeError, match="rubric"):
        Rubric().apply(made(1), rngs(made(1)))


def by_content(ask: Ask) -> dict[str, Any]:
    """Prefers the made text wherever it stands."""
    return {"winner": "A" if ask.sample.parts[ask.parts[0]].text.endswith("again") else "B"}


def test_a_pair_is_asked_in_both_orders() -> None:
    referee = Referee(by_content)
    found = [told(one) for one in judged(Prefer(model="r", against="ancestor"), referee, made(), samples())]
    assert [one["winner"] for one in found] == ["made"] * 4
    assert [one["against"] for one in found] == [one.id for one in samples()[:4]]
    assert [ask.parts for ask in referee.asks[:2]] == [("caption", "caption_other"), ("caption_other", "caption")]
    assert referee.asks[0].others == ((samples()[0], "caption"),)
    assert all(one["consistent"] for one in found)


@pytest.mark.parametrize("always", ["A", "B"])
def test_a_judge_that_loves_a_place_gives_ties(always: str) -> None:
    outcomes = judged(Prefer(model="r"), Referee(lambda ask: {"winner": always}), made(), samples())
    assert {told(one)["winner"] for one in outcomes} == {"tie"}
    op = Verdict()
    state = op.measure([one[0] for one in outcomes])
    (steady,) = op.findings(state)
    assert steady.value == 1.0
    assert f"the first place won {8 if always == 'A' else 0} of 8" in str(steady.what)
    assert [score.issue for score in op.scores(state)] == [False] * 4


def test_no_rival_is_a_failure_with_a_reason() -> None:
    alone = [replace(made(1)[0], labels={"class": "elsewhere"})]
    (outcome,) = judged(Prefer(model="r"), Referee(by_content), alone, samples())
    assert isinstance(outcome, Failure)


def test_who_cannot_tell_gives_no_grade_and_a_tie() -> None:
    with at(DoubleDesk()):
        graded = Rubric(model="x").apply(made(2), rngs(made(2)))
        pairs = Prefer(model="x").apply(made(2), rngs(made(2)), samples())
    assert told(graded[0])["grade"] is None
    assert Verdict().measure([one[0] for one in graded if not isinstance(one, Failure)]) == {}
    assert told(pairs[0])["winner"] == "tie"
    assert not told(pairs[0])["consistent"]


def graded_by(n: int, people: Callable[[int], str]) -> list[Sample]:
    about = {"kind": "rubric", "low": 1, "high": 5, "why": "", "judge": "referee", "kin": []}
    return [
        Sample(f"s{i:02d}", {"verdict": Part.from_text(json.dumps({**about, "grade": 1 + i % 5}))},
               {"quality/anna": people(i), "quality/bert": people(i)})
        for i in range(n)
    ]  # fmt: skip


def test_agreement_with_people_is_told() -> None:
    op = Verdict(human="quality")
    same = op.findings(op.measure(graded_by(40, lambda i: str(1 + i % 5))))
    assert same[1].value == pytest.approx(1.0)
    assert same[2].n == 40  # and people among themselves
    other = op.findings(op.measure(graded_by(40, lambda i: str(1 + (i // 5) % 5))))
    assert other[1].weight == "warn"
    assert abs(other[1].value or 1.0) < 0.4
    few = op.findings(op.measure(graded_by(10, lambda i: "3")))
    assert few[1].value is None
    assert few[1].n == 10
