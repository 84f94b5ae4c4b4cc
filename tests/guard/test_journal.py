from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from gate_material import back_end, call, gate_in
from server import Plan, serving

from shisaku.core.identity import fingerprint
from shisaku.errors import MachineError
from shisaku.guard.call import Units
from shisaku.guard.explain_cache import explain_key, explain_request, explain_step
from shisaku.guard.forget import forget_answers
from shisaku.guard.intents import journal_key
from shisaku.guard.journal import Journal
from shisaku.guard.journal_table import Answered, Intent, connect
from shisaku.guard.reply import Reply
from shisaku.guard.spending import Amount
from shisaku.store.forget.targets import Targets

HERE = Path(__file__).parent
CHILD = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from gate_material import back_end, call, gate_in
if __name__ == "__main__":
    with gate_in(Path({folder!r}), back_end({url!r}, concurrency={concurrency}, idempotent={honours})) as gate:
        print("ready", flush=True)
        outcomes = gate.send([call(n) for n in range({calls})])
        print(sum(type(one).__name__ == "Reply" for one in outcomes), flush=True)
"""


def child(folder: Path, url: str, *, calls: int, concurrency: int = 16, honours: bool = False) -> subprocess.Popen[str]:
    text = CHILD.format(
        here=str(HERE), folder=str(folder), url=url, calls=calls, concurrency=concurrency, honours=honours
    )
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)


def killed(folder: Path, kills: int, *, calls: int, concurrency: int, honours: bool) -> tuple[int, int]:
    """Kill a sender at that many points, then let one finish; return what a kill paid twice at most, and what was lost.

    It is never more than what was announced and not answered when the kill came.
    """
    twice: list[int] = []
    unanswered: list[int] = []
    with serving(Plan(latency=0.02, honours=honours)) as server:
        for n in range(1, kills + 1):
            process = child(folder, server.url, calls=calls, concurrency=concurrency, honours=honours)
            assert process.stdout is not None
            process.stdout.readline()
            aim = calls * n // (kills + 1)
            ends = time.monotonic() + 60
            while len(server.counts()["by_text"]) < aim and process.poll() is None and time.monotonic() < ends:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            unanswered.append(announced(folder / "journal/journal.sqlite"))
            time.sleep(0.1)
            twice.append(server.counts()["twice"])
        process = child(folder, server.url, calls=calls, concurrency=concurrency, honours=honours)
        out, _ = process.communicate(timeout=120)
        counts = server.counts()
    assert out.split() == ["ready", str(calls)]
    steps = [after - before for before, after in zip([0, *twice], [*twice, counts["twice"]], strict=False)]
    # What a kill paid twice shows when the call is sent again, in the next part.
    assert all(again <= open_ for again, open_ in zip(steps[1:], unanswered, strict=True))
    return max(steps), calls - len(counts["by_text"])


def announced(path: Path) -> int:
    connection = connect(path)
    (found,) = connection.execute("SELECT count(*) FROM calls WHERE state = 0").fetchone()
    connection.close()
    return int(found)


@pytest.mark.parametrize("honours", [False, True])
def test_a_killed_sender_loses_nothing_and_pays_twice_at_most_what_was_on_the_wire(
    tmp_path: Path, honours: bool
) -> None:
    twice, lost = killed(tmp_path, 2, calls=300, concurrency=16, honours=honours)
    assert lost == 0
    assert twice <= (0 if honours else 16 + 4)  # on the wire, or arrived and not written


@pytest.mark.slow
@pytest.mark.parametrize("honours", [False, True])
def test_twenty_kills_of_two_thousand_calls(tmp_path: Path, honours: bool) -> None:
    twice, lost = killed(tmp_path, 20, calls=2000, concurrency=32, honours=honours)
    print(f"lost {lost}, paid twice at most {twice} after a kill")
    assert lost == 0
    assert twice <= (0 if honours else 32 + 8)


def test_two_processes_share_what_is_paid(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "journal").mkdir()
    for one in ("a", "b"):
        os.symlink(tmp_path / "journal", tmp_path / one / "journal")
    with serving(Plan(latency=0.05)) as server:
        both = [child(tmp_path / one, server.url, calls=200) for one in ("a", "b")]
        for process in both:
            out, _ = process.communicate(timeout=60)
            assert out.split() == ["ready", "200"]
        assert server.counts()["twice"] == 0
        assert server.counts()["paid"] == 200


def test_many_may_open_a_new_journal_at_the_same_moment(tmp_path: Path) -> None:
    def opens(path: Path) -> None:
        together.wait(10)
        connect(path).close()

    for n in range(40):
        together = threading.Barrier(6)
        with ThreadPoolExecutor(6) as pool:
            for opened in [pool.submit(opens, tmp_path / f"{n}.sqlite") for _ in range(6)]:
                opened.result()


def intent(n: int, **params: object) -> Intent:
    return Intent(
        **{
            "key": fingerprint(n), "model": "m", "step": "reword", "purpose": "reword", "samples": (f"s{n}",),
            "made_of": {"op": "text.reword", "input": f"i{n}"}, **params,
        }
    )  # type: ignore[arg-type]  # fmt: skip


ANSWER = Answered(200, "application/json", b'{"a": 1}', "", Units(1, 2), 0.5, "USD", 0.1, 1)


async def paid(journal: Journal, one: Intent, answer: Answered = ANSWER) -> None:
    await journal.announce(one, Amount(1.0, 9, 1), again=False)
    await journal.answer(one.key, journal.stored(answer), Amount(0.5, 3, 1))


def test_an_intent_counts_with_its_bound_until_it_is_settled(tmp_path: Path) -> None:
    async def run(journal: Journal) -> None:
        await journal.announce(intent(1), Amount(1.0, 9, 1), again=False)
        assert journal.used()[0] == Amount(1.0, 9, 1)
        await journal.answer(intent(1).key, ANSWER, Amount(0.5, 3, 1))
        assert journal.used()[0] == Amount(0.5, 3, 1)

    journal = Journal(tmp_path, "run")
    asyncio.run(run(journal))
    journal.close()
    again = Journal(tmp_path, "run")
    assert again.find([intent(1).key, intent(2).key]) == {intent(1).key: ANSWER}
    again.close()


def test_what_another_living_session_announced_is_waited_for(tmp_path: Path) -> None:
    async def run(one: Journal, two: Journal) -> None:
        bound = Amount(1.0, 9, 1)
        assert (await one.announce(intent(1), bound, again=False)).how == "go"
        assert (await two.announce(intent(1), bound, again=False)).how == "elsewhere"
        assert (await two.announce(intent(1), bound, again=False, take_over=True)).how == "go"
        await one.announce(intent(2), bound, again=False)
        one.close()
        assert (await two.announce(intent(2), bound, again=False)).how == "go"
        await two.answer(intent(2).key, ANSWER, bound)

    one, two = Journal(tmp_path, "a"), Journal(tmp_path, "b")
    asyncio.run(run(one, two))
    two.close()


def test_it_is_told_why_an_answer_was_not_used_again(tmp_path: Path) -> None:
    async def run(journal: Journal) -> None:
        await paid(journal, intent(1))
        made_of = {**intent(1).made_of, "op": "text.reword@2"}
        await paid(journal, intent(2, made_of=made_of))
        await journal.announce(intent(3), Amount(), again=False)
        await journal.announce(intent(4), Amount(), again=False)
        await journal.refuse(intent(4).key, "server", Amount())

    times = iter(range(100))
    journal = Journal(tmp_path, "run", wall=lambda: float(next(times)))
    asyncio.run(run(journal))
    assert "paid once" in str(explain_key(journal, intent(1).key).why)
    assert explain_key(journal, intent(2).key).differs == ("op",)
    assert "sent again" in str(explain_key(journal, intent(3).key).why)
    assert "(server)" in str(explain_key(journal, intent(4).key).why)
    assert "no such key" in str(explain_key(journal, fingerprint(9)).why)
    assert [one.differs for one in explain_step(journal, "reword")] == [(), ("op",), (), ()]
    new = explain_request(journal, fingerprint(5), "reword", {"op": "text.reword@3", "input": "i1"})
    assert new.differs == ("op",)
    assert explain_request(journal, intent(1).key, "reword", {}).known is not None
    assert explain_request(journal, fingerprint(5), "other", {}).known is None
    journal.close()


def test_the_gate_tells_what_a_key_is_made_of(tmp_path: Path) -> None:
    with serving() as server:
        cold, hot = back_end(server.url), back_end(server.url, params={"temperature": 1})
        one = call("made", made_of={"op": "text.reword", "version": "1"})
        for end in (cold, hot):
            with gate_in(tmp_path, end) as gate:
                gate.send([one])
    journal = Journal(tmp_path / "journal")
    assert explain_key(journal, journal_key(one, hot)).differs == ("model",)
    newer = explain_request(
        journal, fingerprint(1), "reword", {**explain_key(journal, journal_key(one, hot)).known.made_of, "version": "2"}
    )  # type: ignore[union-attr]
    assert newer.differs == ("version",)
    journal.close()


def test_forgetting_a_sample_takes_its_answers_out_and_nothing_else(tmp_path: Path) -> None:
    secret = "a sentence that nobody else has said"
    large = replace(ANSWER, body=json.dumps({"text": secret, "pad": "x" * 200_000}).encode())

    async def run(journal: Journal) -> None:
        for n in range(50):
            await paid(journal, intent(n, samples=(f"sample-{n:03}",)))
        await paid(journal, intent(100, samples=("sample-007/reword.0",)), replace(ANSWER, body=secret.encode()))
        await paid(journal, intent(101, samples=("sample-007",)), large)
        await paid(journal, intent(102, samples=("sample-007", "sample-008")))

    journal = Journal(tmp_path, "run")
    asyncio.run(run(journal))
    journal.close()
    targets = Targets(frozenset({"sample-007"}), texts=frozenset({secret}))
    assert forget_answers(tmp_path / "none", targets).answers == 0
    found = forget_answers(tmp_path, targets)
    assert (found.answers, found.found) == (3, ())
    assert not list((tmp_path / "blobs").iterdir())
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sample-007" not in raw
    assert secret.encode() not in raw
    journal = Journal(tmp_path, "run")
    assert set(journal.find([intent(n).key for n in (*range(50), 102)])) == {
        intent(n).key for n in (*range(50), 102) if n != 7
    }
    assert journal.used()[0].calls == 53  # what was spent stays spent
    journal.close()


def test_a_journal_of_another_form_is_refused(tmp_path: Path) -> None:
    connection = connect(tmp_path / "journal.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MachineError, match="99"):
        Journal(tmp_path)


def test_a_full_disk_is_told_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    journal = Journal(tmp_path)
    monkeypatch.setattr("shisaku.guard.journal_table.write_intent", full)
    with pytest.raises(MachineError, match="disk is full"):
        asyncio.run(paid(journal, intent(1)))
    journal.close()


@pytest.mark.slow
def test_a_run_goes_on_quickly_with_a_million_rows(tmp_path: Path) -> None:
    with serving(Plan()) as server:
        end = back_end(server.url)
        with gate_in(tmp_path, end) as gate:
            gate.send([call(0)])
        filled(tmp_path / "journal/journal.sqlite", 1_000_000)
        began = time.perf_counter()
        with gate_in(tmp_path, end) as gate:
            (known,) = gate.send([call(0)])
            seconds = time.perf_counter() - began
            (new,) = gate.send([call(1)])
            assert gate.spending.used.calls == 1_000_002
    print(f"resumed in {seconds:.2f} s")
    assert isinstance(known, Reply)
    assert not known.paid
    assert isinstance(new, Reply)
    assert seconds < 2


def filled(path: Path, rows: int) -> None:
    connection = connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    keys = [os.urandom(16) for _ in range(rows)]
    connection.executemany(
        "INSERT INTO calls(key, state, owner, run, at, model, step, purpose, made_of, status, content_type, body, "
        "units, cost, currency, seconds, attempts) "
        "VALUES (?, 1, 'o', 'run', 0, 'm', 's', 'p', '{}', 200, 't', ?, '{}', 0, 'USD', 1, 1)",
        ((key, b"x" * 200) for key in keys),
    )
    connection.executemany("INSERT INTO samples VALUES (?, ?)", ((f"s{n}", key) for n, key in enumerate(keys)))
    connection.executemany("INSERT INTO spent VALUES ('run', ?, 0.01, 20, 1)", ((key,) for key in keys))
    connection.execute("COMMIT")
    connection.close()
