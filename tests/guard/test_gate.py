from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from gate_material import back_end, call, gate_in
from server import Plan, Running, serving

from shisaku.core.budget import Budget
from shisaku.errors import MachineError, RecipeError
from shisaku.guard.call import Attachment
from shisaku.guard.reply import REFUSED, Refusal, Reply
from shisaku.guard.verify import verify


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving() as server:
        yield server


@pytest.fixture
def server(running: Running) -> Running:
    running.replan(Plan())
    return running


def kinds(outcomes: list[Reply | Refusal]) -> Counter[str]:
    return Counter(one.kind if isinstance(one, Refusal) else "reply" for one in outcomes)


def test_answers_come_in_the_order_of_the_calls(tmp_path: Path, server: Running) -> None:
    with gate_in(tmp_path, back_end(server.url)) as gate:
        outcomes = gate.send([call(n) for n in range(100)])
    for n, one in enumerate(outcomes):
        assert isinstance(one, Reply)
        assert json.loads(one.body)["choices"][0]["message"]["content"] == f"re: item {n}"
        assert (one.units.tokens_in, one.units.tokens_out) == (10, 10)
        assert one.cost == pytest.approx(0.01 + 30e-6)
        assert one.paid
        assert one.attempts == 1


def test_what_was_answered_is_not_paid_again(tmp_path: Path, server: Running) -> None:
    calls = [call(f"again-{n}") for n in range(50)]
    with gate_in(tmp_path, back_end(server.url)) as gate:
        first = gate.send(calls)
        second = gate.send(calls)
    before = server.counts()["requests"]
    with gate_in(tmp_path, back_end(server.url), run="other") as gate:
        third = gate.send(calls)
        assert gate.spending.used.money == 0
    assert server.counts()["requests"] == before
    assert [one.body for one in first] == [one.body for one in second] == [one.body for one in third]  # type: ignore[union-attr]
    assert not any(one.paid for one in [*second, *third])  # type: ignore[union-attr]


def test_another_model_is_asked_anew(tmp_path: Path, server: Running) -> None:
    with gate_in(tmp_path, back_end(server.url)) as gate:
        gate.send([call("model")])
    with gate_in(tmp_path, back_end(server.url, params={"temperature": 1})) as gate:
        (one,) = gate.send([call("model")])
    assert isinstance(one, Reply)
    assert one.paid


def test_the_same_call_twice_at_once_is_sent_once(tmp_path: Path, server: Running) -> None:
    server.replan(Plan(latency=0.1))
    before = server.counts()["requests"]
    found: list[Reply | Refusal] = []
    with gate_in(tmp_path, back_end(server.url)) as gate:
        threads = [threading.Thread(target=lambda: found.extend(gate.send([call("one")] * 3))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.counts()["requests"] == before + 1
    assert sum(one.paid for one in found if isinstance(one, Reply)) == 1
    assert len(found) == 12


def test_the_endpoint_is_never_asked_more_than_its_concurrency_at_once(tmp_path: Path) -> None:
    with serving(Plan(latency=0.01)) as server, gate_in(tmp_path, back_end(server.url, concurrency=7)) as gate:
        assert kinds(gate.send([call(n) for n in range(200)])) == {"reply": 200}
        assert server.counts()["peak"] == 7


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        ("400", "rejected", 1),
        ("302", "rejected", 1),
        ("429", "rate", 2),
        ("500", "server", 2),
        ("reset", "connection", 2),
        ("paid_reset", "connection", 2),
        ("hang", "timeout", 2),
        ("drip", "timeout", 2),
        ("half_json", "truncated", 2),
        ("cut", "truncated", 2),
    ],
)
def test_every_fault_has_its_class(tmp_path: Path, server: Running, fault: str, kind: str, attempts: int) -> None:
    faulty = call(f"fault {fault}", faults=[fault] * 10)
    began = time.monotonic()
    with gate_in(tmp_path, back_end(server.url, timeout=0.3, attempts=2)) as gate:
        bad, good = gate.send([faulty, call(f"beside {fault}")])
    assert time.monotonic() - began < 4
    assert isinstance(bad, Refusal)
    assert (bad.kind, bad.attempts) == (kind, attempts), str(bad.reason)
    assert isinstance(good, Reply)
    assert not verify(tmp_path / "ledger.jsonl").broken


@pytest.mark.parametrize("fault", ["429", "500", "503", "reset", "hang", "half_json", "cut"])
def test_a_fault_that_passes_is_overcome(tmp_path: Path, server: Running, fault: str) -> None:
    server.replan(Plan(retry_after="0.05"))
    with gate_in(tmp_path, back_end(server.url, timeout=0.3)) as gate:
        (one,) = gate.send([call(f"passing {fault}", faults=[fault, fault])])
    assert isinstance(one, Reply)
    assert one.attempts == 3


def test_a_wrong_schema_is_an_answer(tmp_path: Path, server: Running) -> None:
    with gate_in(tmp_path, back_end(server.url)) as gate:
        (one,) = gate.send([call("schema", faults=["wrong_schema"])])
    assert isinstance(one, Reply)
    assert one.units.tokens_in == 100  # what it does not say counts with its bound


def test_an_endless_answer_is_not_taken(tmp_path: Path, server: Running) -> None:
    server.replan(Plan(padding=300_000))
    with gate_in(tmp_path, back_end(server.url), largest=200_000) as gate:
        (one,) = gate.send([call("endless")])
    assert isinstance(one, Refusal)
    assert one.kind == "too_large"


def test_a_large_answer_lies_in_a_file_beside(tmp_path: Path, server: Running) -> None:
    server.replan(Plan(padding=300_000))
    with gate_in(tmp_path, back_end(server.url)) as gate:
        (first,) = gate.send([call("large")])
        (second,) = gate.send([call("large")])
    assert first.body == second.body  # type: ignore[union-attr]
    assert len(list((tmp_path / "journal/blobs").iterdir())) == 1
    next((tmp_path / "journal/blobs").iterdir()).write_bytes(b"something else")
    with gate_in(tmp_path, back_end(server.url)) as gate:
        (third,) = gate.send([call("large")])
    assert isinstance(third, Reply)
    assert third.paid


def test_calls_in_are_outcomes_out_whatever_happens(tmp_path: Path) -> None:
    faults = ["", "400", "429", "500", "hang", "half_json", "wrong_schema", "drip", "reset", "cut", "paid_reset"]
    calls = [call(n, faults=[faults[n % 11]] * (n % 4)) for n in range(132)]
    with serving(Plan(latency=0.01, every=17, fault="429", retry_after="0.05")) as server:
        sick = back_end(server.url, timeout=0.25, attempts=3, concurrency=32)
        with gate_in(tmp_path, sick, sleep=no_sleep, clock=Quick()) as gate:
            outcomes = gate.send(calls)
            used = gate.spending.used
        assert len(outcomes) == len(calls)
        assert all(isinstance(one, Reply) or one.kind in REFUSED for one in outcomes)
        assert kinds(outcomes)["reply"] > 60
        assert used.calls == sum(one.attempts > 0 for one in outcomes)
        assert not verify(tmp_path / "ledger.jsonl").broken
        lines = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]
        assert sum(line["kind"] == "opening" for line in lines) == sum(one.attempts for one in outcomes)
        assert sum(line["kind"] == "opening" for line in lines) >= server.counts()["requests"]
        assert server.counts()["paid"] <= used.calls * 3


def test_a_failing_endpoint_does_not_block_another(tmp_path: Path, server: Running) -> None:
    with serving(Plan(fault="hang", first=10**9)) as dead:
        sick = back_end(dead.url, name="sick", timeout=0.3, attempts=2, concurrency=2)
        with gate_in(tmp_path, back_end(server.url), sick) as gate:
            slow = threading.Thread(target=lambda: gate.send([call(n, model="sick") for n in range(4)]))
            slow.start()
            began = time.monotonic()
            assert kinds(gate.send([call(f"well {n}") for n in range(50)])) == {"reply": 50}
            assert time.monotonic() - began < 1.0
            slow.join()


def test_a_dead_endpoint_is_left_alone(tmp_path: Path) -> None:
    with serving(Plan(fault="500", first=10**9)) as dead:
        with gate_in(tmp_path, back_end(dead.url, attempts=2), sleep=no_sleep, clock=Quick()) as gate:
            outcomes = gate.send([call(n) for n in range(500)])
        found = kinds(outcomes)
        assert set(found) == {"server", "circuit"}
        assert found["circuit"] > 300
        assert dead.counts()["requests"] < 200
        assert all(one.attempts == 0 for one in outcomes if isinstance(one, Refusal) and one.kind == "circuit")


class Quick:
    """A clock that runs a hundred times as fast."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def __call__(self) -> float:
        return (time.monotonic() - self.began) * 100


async def no_sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds / 100)


def test_bursts_of_429_with_retry_after_lose_nothing(tmp_path: Path) -> None:
    with serving(Plan(latency=0.02, burst=4, retry_after="0.1")) as server:
        with gate_in(tmp_path, back_end(server.url, concurrency=16, attempts=20)) as gate:
            outcomes = gate.send([call(n) for n in range(120)])
        assert kinds(outcomes) == {"reply": 120}
        counts = server.counts()
        assert counts["twice"] == 0
        assert counts["kinds"]["429"] < 120


def test_a_form_is_sent_as_one(tmp_path: Path, server: Running) -> None:
    form = (Attachment("model", b"x"), Attachment("file", b"RIFF", "a.wav", "audio/wav"))
    with gate_in(tmp_path, back_end(server.url)) as gate:
        (one,) = gate.send([call("form", path="audio/transcriptions", body=None, form=form)])
    assert isinstance(one, Refusal)
    assert one.kind == "rejected"  # this server hears nothing, and says so
    assert server.counts()["kinds"]["elsewhere"] >= 1


def test_the_key_is_sent_in_the_header_and_not_as_a_cookie(tmp_path: Path, server: Running) -> None:
    with gate_in(tmp_path, back_end(server.url)) as gate:
        gate.send([call("header")])
    headers = server.counts()["headers"][-1]
    assert len(headers["Idempotency-Key"]) == 32
    assert "Cookie" not in headers


def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with gate_in(tmp_path, back_end(server.url)) as gate:
        assert kinds(gate.send([call("proxy")])) == {"reply": 1}


def test_what_the_policy_denies_is_not_sent(tmp_path: Path) -> None:
    with gate_in(tmp_path, back_end("http://192.0.2.1/v1")) as gate:
        outcomes = gate.send([call(n) for n in range(20)])
    assert kinds(outcomes) == {"policy": 20}
    assert gate.spending.used.calls == 0


def test_a_model_that_is_not_named_is_refused(tmp_path: Path) -> None:
    with gate_in(tmp_path) as gate:
        assert kinds(gate.send([call(1)])) == {"policy": 1}


def test_nobody_there_is_no_connection(tmp_path: Path) -> None:
    with gate_in(tmp_path, back_end("http://127.0.0.1:9/v1", attempts=2)) as gate:
        assert kinds(gate.send([call(1)])) == {"connection": 1}


def test_closing_finishes_what_is_on_the_wire_and_refuses_the_rest(tmp_path: Path) -> None:
    found: list[Reply | Refusal] = []
    with serving(Plan(latency=0.4)) as server:
        with gate_in(tmp_path, back_end(server.url, concurrency=8)) as gate:
            sender = threading.Thread(target=lambda: found.extend(gate.send([call(n) for n in range(100)])))
            sender.start()
            time.sleep(0.2)
            gate.close()
            sender.join()
        assert kinds(found) == {"reply": 8, "stopped": 92}
        assert kinds(gate.send([call(5)])) == {"stopped": 1}
        assert gate.spending.used.calls == 8
        with gate_in(tmp_path, back_end(server.url, concurrency=100)) as gate:
            assert gate.spending.used.calls == 8
            outcomes = gate.send([call(n) for n in range(100)])
        assert sum(one.paid for one in outcomes if isinstance(one, Reply)) == 92
        assert server.counts()["twice"] == 0


def test_a_call_that_hangs_longer_than_the_grace_is_cut(tmp_path: Path, server: Running) -> None:
    found: list[Reply | Refusal] = []
    with gate_in(tmp_path, back_end(server.url), grace=0.1) as gate:
        sender = threading.Thread(target=lambda: found.extend(gate.send([call("grace", faults=["hang"])])))
        sender.start()
        time.sleep(0.2)
        began = time.monotonic()
        gate.close()
        sender.join()
    assert time.monotonic() - began < 2
    assert kinds(found) == {"stopped": 1}
    assert gate.spending.used.tokens == 200  # it may have been paid


def test_prices_and_budget_in_two_currencies_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(RecipeError, match="EUR"),
        gate_in(tmp_path, back_end("http://127.0.0.1:9"), budget=Budget(money=1.0, currency="EUR")),
    ):
        pass


def test_a_disk_that_fails_is_told_and_nothing_is_sent(
    tmp_path: Path, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.counts()["requests"]
    with gate_in(tmp_path, back_end(server.url)) as gate:
        monkeypatch.setattr("shisaku.guard.ledger._write_all", full)
        with pytest.raises(MachineError):
            gate.send([call("disk")])
    assert server.counts()["requests"] == before


def full(file: int, data: bytes) -> None:
    raise OSError(28, "No space left on device")
