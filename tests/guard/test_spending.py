from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gate_material import PRICES, back_end, call, gate_in
from server import Plan, Running, serving

from shisaku.core.budget import Budget
from shisaku.guard.call import Units
from shisaku.guard.preview import preview
from shisaku.guard.reply import Refusal, Reply
from shisaku.guard.spending import Amount, Spending, price
from shisaku.guard.usage import used


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: Running) -> Running:
    running.replan(Plan(latency=0.01))
    return running


ACTUAL, BOUND = 0.01 + 30e-6, 0.01 + 300e-6


@pytest.mark.parametrize(
    ("budget", "most"),
    [
        (Budget(money=0.5), int(0.5 / ACTUAL)),
        (Budget(tokens=1000), 50),
        (Budget(calls=33), 33),
    ],
)
def test_it_stops_before_a_limit_with_many_in_flight(
    tmp_path: Path, server: Running, budget: Budget, most: int
) -> None:
    before = server.counts()["paid"]
    with gate_in(tmp_path, back_end(server.url, concurrency=64), budget=budget) as gate:
        outcomes = gate.send([call(f"{budget}{n}") for n in range(100)])
        spent = gate.spending.used
    replies = [one for one in outcomes if isinstance(one, Reply)]
    refusals = [one for one in outcomes if isinstance(one, Refusal)]
    assert {one.kind for one in refusals} == {"budget"}
    assert "is reached" in str(refusals[0].reason)
    assert spent.money <= (budget.money or 9)
    assert spent.tokens <= (budget.tokens or 10**9)
    assert server.counts()["paid"] - before == len(replies) <= most
    assert len(replies) >= most * 0.7  # and it is used


def test_a_run_goes_on_where_its_account_stood(tmp_path: Path, server: Running) -> None:
    budget = Budget(calls=10)
    with gate_in(tmp_path, back_end(server.url), budget=budget) as gate:
        gate.send([call(f"resumed {n}") for n in range(7)])
    with gate_in(tmp_path, back_end(server.url), budget=budget) as gate:
        assert gate.spending.used == Amount(pytest.approx(7 * ACTUAL), 140, 7)
        outcomes = gate.send([call(f"resumed {n}") for n in range(20)])
    assert sum(isinstance(one, Reply) for one in outcomes) == 10
    with gate_in(tmp_path, back_end(server.url), budget=budget, run="another") as gate:
        assert gate.spending.used == Amount()


@pytest.mark.parametrize("honours", [False, True])
def test_an_attempt_that_may_have_been_paid_counts(tmp_path: Path, honours: bool) -> None:
    with serving(Plan(honours=honours)) as server:
        lossy = back_end(server.url, attempts=3, timeout=0.3, idempotent=honours)
        with gate_in(tmp_path, lossy, budget=Budget(money=1.0)) as gate:
            (one,) = gate.send([call("lossy", faults=["paid_reset", "cut"])])
            assert isinstance(one, Reply)
            assert gate.spending.used.money == pytest.approx(ACTUAL + (0 if honours else 2 * BOUND))
            (two,) = gate.send([call("lost", faults=["paid_reset"] * 3)])
            assert isinstance(two, Refusal)
            money = gate.spending.used.money
            assert money == pytest.approx(ACTUAL + BOUND + (0 if honours else 4 * BOUND))
            assert gate.spending.reserved.money == pytest.approx(0)
        with gate_in(tmp_path, lossy) as gate:
            assert gate.spending.used.money == pytest.approx(money)


def test_failures_that_cost_nothing_are_not_charged(tmp_path: Path, server: Running) -> None:
    with gate_in(tmp_path, back_end(server.url, attempts=2)) as gate:
        gate.send([call("free", faults=["500"] * 2), call("free too", faults=["400"])])
        assert gate.spending.used == Amount(0.0, 0, 2)


def test_the_minutes_end_a_call_under_way(tmp_path: Path, server: Running) -> None:
    began = time.monotonic()
    with gate_in(tmp_path, back_end(server.url), budget=Budget(minutes=0.5 / 60)) as gate:
        outcomes = gate.send([call("minutes", faults=["hang"]), *(call(f"minutes {n}") for n in range(5))])
        (late,) = gate.send([call("late")])
    assert time.monotonic() - began < 3
    assert [one.kind for one in outcomes if isinstance(one, Refusal)] == ["budget"]
    assert isinstance(late, Refusal)
    assert "minutes" in str(late.reason)


def test_a_call_waits_for_those_that_hold_more_than_they_will_use() -> None:
    async def run() -> None:
        spending = Spending(Budget(money=1.0), clock=lambda: 0.0)
        assert await spending.reserve(Amount(0.9)) is None
        waiting = asyncio.ensure_future(spending.reserve(Amount(0.5)))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        spending.settle(Amount(0.9), Amount(0.1))
        assert await waiting is None
        spending.settle(Amount(0.5), Amount(0.5))
        refused = await spending.reserve(Amount(0.5))
        assert "0.6 is used" in str(refused)
        assert "0.5" in str(refused)

    asyncio.run(run())


def test_a_price_has_all_its_parts() -> None:
    units = Units(1_000_000, 500_000, 3, 90.0, 2_000_000)
    from dataclasses import replace

    prices = replace(PRICES, image=0.1, audio_minute=0.02, characters=5.0)
    assert price(units, prices) == pytest.approx(0.01 + 1.0 + 1.0 + 0.3 + 0.03 + 10.0)


@pytest.mark.parametrize(
    ("answer", "units"),
    [
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 4}}, Units(3, 4)),
        ({"usage": {"input_tokens": 3, "output_tokens": 4}}, Units(3, 4)),
        ({"usage": {"prompt_tokens": 3, "total_tokens": 3}}, Units(3, 0)),
        ({"usage": {"prompt_tokens": -3}}, Units(9, 9)),
        ({"usage": {"prompt_tokens": True}}, Units(9, 9)),
        ({"usage": "much"}, Units(9, 9)),
        ([1], Units(9, 9)),
        (None, Units(9, 9)),
    ],
)
def test_what_was_used_is_read_from_the_answer_or_taken_as_its_bound(answer: object, units: Units) -> None:
    assert used(answer, Units(9, 9)) == units


def test_a_preview_holds_the_true_total_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        costs = rng.gamma(4.0, 0.01, 500)
        found = preview(costs[:20].tolist(), 500)
        held += found.low <= costs.sum() <= found.high
    assert 0.91 <= held / 400 <= 0.99


def test_a_preview_of_few_says_what_it_knows() -> None:
    assert preview([2.0], 10).high == float("inf")
    assert preview([2.0], 10).total == 20.0
    whole = preview([1.0, 2.0], 2)
    assert (whole.low, whole.total, whole.high) == (3.0, 3.0, 3.0)
    assert preview([1.0, 1.0, 1.0], 30).high == pytest.approx(30.0)
    with pytest.raises(ValueError, match="measured"):
        preview([], 3)
