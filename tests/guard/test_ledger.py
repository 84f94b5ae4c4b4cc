"""Every record stays what was written, whoever writes, dies or tampers."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from guard_material import ANON, AWAY, OUTSIDE, call, part
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shisaku.errors import MachineError
from shisaku.guard.chain import canonical, link
from shisaku.guard.clerk import Clerk
from shisaku.guard.head import about_run, head_file, known_to, read_head
from shisaku.guard.ledger import Ledger
from shisaku.guard.record import blocked, closing, denied, opening
from shisaku.guard.verify import records, verify
from shisaku.message import say


def entry(n: int) -> dict[str, object]:
    return {"kind": "opening", "bytes": n, "note": f"frog {n} 蛙"}


def written(folder: Path, n: int = 12) -> Path:
    path = folder / "guard" / "ledger.jsonl"
    ledger = Ledger(path)
    for i in range(0, n, 3):
        ledger.write([entry(j) for j in range(i, i + 3)])
    ledger.close()
    return path


def test_records_are_numbered_chained_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path)
    held = list(records(path))
    assert [one["seq"] for one in held] == list(range(1, 13))
    assert [one["prev"] for one in held[1:]] == [one["hash"] for one in held[:-1]]
    checked = verify(path)
    assert checked.broken is None
    assert (checked.head.records, checked.bytes, checked.kinds) == (12, 66, {"opening": 12})
    assert read_head(path) == checked.head
    assert about_run(path) == {"guard": {"records": 12, "head": checked.head.hash}}
    assert verify(path, known_to(about_run(path))).broken is None
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_another_json_library_can_check_the_chain(tmp_path: Path) -> None:
    import hashlib

    prev = "0" * 64
    for line in written(tmp_path).read_text().splitlines():
        record = json.loads(line)
        own = record.pop("hash")
        plain = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert (record["prev"], own) == (prev, hashlib.sha256(plain).hexdigest())
        prev = own


def test_what_is_recorded_of_a_call_is_everything_but_content_and_secrets(tmp_path: Path) -> None:
    what = call(part(data=b"planted content" * 40), prompt="planted prompt")
    body = json.dumps(what.body).encode()
    ledger = Ledger(tmp_path / "ledger.jsonl")
    rows = [
        opening(what, AWAY, OUTSIDE, ANON, body=body, rules=("level", "model")),
        closing(1, status=200, received=7, cost=1e-05, currency="USD", seconds=0.25),
        denied(what, AWAY, ANON, "field", say("no {x}", x="image")),
        blocked("socket.connect", "evil.example.com"),
    ]
    ledger.write(rows)
    text = ledger.path.read_text()
    assert "planted" not in text
    first, second, third, _ = records(ledger.path)
    assert (first["host"], first["addresses"], first["place"]) == ("api.example.com", ["203.0.113.7"], "outside")
    assert (first["bytes"], first["level"], first["model"]) == (len(body), "anonymised", "painter")
    assert first["url"] == "https://api.example.com/v1/chat/completions"
    assert first["sent"][0]["bytes"] == 600
    assert first["sent"][0]["redactions"] == ["faces"]
    assert (second["of"], second["cost"], second["milliseconds"]) == (1, "0.00001", 250)
    assert third["sent"] == [{"sample": "s1", "field": "image"}]


def test_names_that_are_no_utf8_can_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    Ledger(path).write([{"kind": "opening", "bytes": 1, "sample": "caf\udce9.png"}])
    assert verify(path).broken is None
    assert next(records(path))["sample"] == "caf\\udce9.png"


LINES = st.integers(0, 11)


@given(what=st.sampled_from(["change", "delete", "swap", "double", "insert", "cut", "space"]), i=LINES, j=LINES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_found(what: str, i: int, j: int, tmp_path: Path) -> None:
    path = tmp_path / "guard" / "ledger.jsonl"
    if not path.exists():
        written(tmp_path)
        (tmp_path / "whole").write_bytes(path.read_bytes())
    lines = (tmp_path / "whole").read_bytes().splitlines(keepends=True)
    first = i
    if what == "change":
        lines[i] = lines[i].replace(b'"bytes":', b'"bytes":1')
    elif what == "delete":
        del lines[i]
    elif what == "swap":
        lines[i], lines[j], first = lines[j], lines[i], min(i, j)
    elif what == "double":
        lines.insert(i, lines[i])
        first = i + 1
    elif what == "insert":
        lines.insert(i, canonical({"seq": i + 1, "hash": "x"}) + b"\n")
    elif what == "cut":
        lines = lines[:i]
    else:
        lines[i] = lines[i].replace(b'":', b'": ', 1)
    path.write_bytes(b"".join(lines))
    checked = verify(path)
    if what == "swap" and i == j:
        assert checked.broken is None
    else:
        assert checked.broken is not None
        assert checked.at == first + 1


@given(at=st.integers(0, 4000), bit=st.integers(0, 7))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_bit_is_found(at: int, bit: int, tmp_path: Path) -> None:
    path = tmp_path / "guard" / "ledger.jsonl"
    if not path.exists():
        written(tmp_path)
        (tmp_path / "whole").write_bytes(path.read_bytes())
    data = bytearray((tmp_path / "whole").read_bytes())
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)
    assert verify(path).broken is not None


def test_a_ledger_made_anew_is_found_by_a_head_that_was_kept(tmp_path: Path) -> None:
    path = written(tmp_path)
    kept = verify(path).head.hash
    forged = written(tmp_path / "other", 9)
    path.write_bytes(forged.read_bytes())
    head_file(path).write_bytes(head_file(forged).read_bytes())
    assert verify(path).broken is None
    checked = verify(path, {"--head": kept})
    assert "--head" in str(checked.broken)
    path.unlink()
    assert "ledger.head" in str(verify(path).broken)
    head_file(path).write_text("{")
    assert verify(path).broken is not None


def test_a_damaged_or_replaced_ledger_takes_no_more_records(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    open_ledger = Ledger(path)
    open_ledger.write([entry(1)])
    path.write_bytes(whole)
    with pytest.raises(MachineError, match="changed by something else"):
        open_ledger.write([entry(1)])
    with pytest.raises(MachineError, match="changed by something else"):
        Ledger(path).write([entry(1)])
    path.unlink()
    with pytest.raises(MachineError, match="changed by something else"):
        open_ledger.write([entry(1)])


@pytest.mark.parametrize("torn", [b"{", b'{"kind":"opening"', b"\0" * 5000, b"x" * 200_000])
def test_a_torn_last_line_is_cut_off_and_recorded(torn: bytes, tmp_path: Path) -> None:
    path = written(tmp_path)
    with open(path, "ab") as file:
        file.write(torn)
    assert verify(path).torn == len(torn)
    assert verify(path).broken is None
    assert Ledger(path).write([entry(1)]) == [14]
    held = list(records(path))
    assert (held[12]["kind"], held[12]["bytes"]) == ("cut", len(torn))
    assert verify(path).broken is None
    assert verify(path).torn == 0


def test_a_first_line_that_was_torn_is_cut_off_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b'{"ki')
    assert Ledger(path).write([entry(1)]) == [2]
    assert verify(path).broken is None


KILLED = """
import sys
from pathlib import Path
from shisaku.guard.clerk import Clerk
from shisaku.guard.ledger import Ledger
clerk = Clerk(Ledger(Path(sys.argv[1])))
while True:
    for future in [clerk.add({"kind": "opening", "bytes": 1, "by": int(sys.argv[2])}) for _ in range(50)]:
        print(future.result(), flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    told: list[int] = []
    for round_ in range(3):
        children = [
            subprocess.Popen([sys.executable, "-c", KILLED, str(path), str(i)], stdout=subprocess.PIPE, text=True)
            for i in range(2)
        ]
        lines = [child.stdout.readline() for child in children if child.stdout]
        time.sleep(0.1 + 0.05 * round_)
        for child, line in zip(children, lines, strict=True):
            child.send_signal(signal.SIGKILL)
            out, _ = child.communicate()
            told += [int(number) for number in (line + out).split("\n")[:-1]]
        checked = verify(path)
        assert checked.broken is None, str(checked.broken)
        assert checked.head.records >= max(told)
    assert len(set(told)) == len(told) >= 6


def _append(path: Path, by: int) -> None:
    ledger = Ledger(path)
    for n in range(40):
        ledger.write([{"kind": "opening", "bytes": 1, "by": by, "n": n}])


def test_processes_and_threads_write_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    processes = [multiprocessing.get_context("spawn").Process(target=_append, args=(path, i)) for i in range(2)]
    threads = [threading.Thread(target=_append, args=(path, i)) for i in range(2, 4)]
    for one in (*processes, *threads):
        one.start()
    for one in (*processes, *threads):
        one.join()
    assert verify(path).broken is None
    held = list(records(path))
    assert len(held) == 160
    for by in range(4):
        assert [one["n"] for one in held if one["by"] == by] == list(range(40))


@pytest.mark.filterwarnings("ignore")  # a library that is loaded warns of every fork
def test_a_forked_child_writes_with_a_file_of_its_own(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.write([entry(1)])
    child = os.fork()
    if child == 0:
        for n in range(50):
            ledger.write([entry(n)])
        os._exit(0)
    for n in range(50):
        ledger.write([entry(n)])
    os.waitpid(child, 0)
    assert verify(ledger.path).head.records == 101


def test_the_clerk_answers_from_asyncio_and_commits_in_groups(tmp_path: Path) -> None:
    clerk = Clerk(Ledger(tmp_path / "ledger.jsonl"))

    async def one(n: int) -> int:
        return await asyncio.wrap_future(clerk.add(entry(n)))

    async def many() -> list[int]:
        return list(await asyncio.gather(*(one(n) for n in range(500))))

    assert sorted(asyncio.run(many())) == list(range(1, 501))
    last = clerk.add(entry(0))
    clerk.close()
    assert last.result() == 501
    with pytest.raises(MachineError, match="closed"):
        clerk.add(entry(0))
    assert verify(clerk.ledger.path).head.records == 501


FULL = """
import resource, signal, sys
from pathlib import Path
from shisaku.errors import MachineError
from shisaku.guard.clerk import Clerk
from shisaku.guard.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
clerk = Clerk(Ledger(Path(sys.argv[1])))
clerk.add({"kind": "opening", "bytes": 1}).result()
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    clerk.add({"kind": "opening", "bytes": 1, "note": "x" * 2000}).result()
except MachineError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
print(clerk.add({"kind": "opening", "bytes": 1}).result())
"""


def test_a_full_disk_is_said_and_leaves_the_chain_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    assert "Free some space" in done.stdout
    assert done.stdout.splitlines()[-1] == "2"
    assert verify(path).broken is None
    assert verify(path).head.records == 2


def test_the_chain_keeps_up_with_a_fast_endpoint(tmp_path: Path) -> None:
    clerk = Clerk(Ledger(tmp_path / "ledger.jsonl"))
    row = opening(call(), AWAY, OUTSIDE, ANON, body=b"x", rules=("level",) * 8)
    began = time.perf_counter()
    futures = [clerk.add(row) for _ in range(20_000)]
    futures[-1].result()
    rate = 20_000 / (time.perf_counter() - began)
    clerk.close()
    print(f"{rate:.0f} records a second")
    assert rate > 5_000  # 20,000 and more on an idle machine
    assert len(canonical(row)) < 1200


def test_a_link_changes_with_everything_in_it(tmp_path: Path) -> None:
    from shisaku.guard.chain import Head

    line, head = link({"a": 1}, Head(), "t")
    for other in (link({"a": 2}, Head(), "t"), link({"a": 1}, Head(), "u"), link({"a": 1}, Head(1, head.hash), "t")):
        assert other[0] != line
        assert other[1].hash != head.hash
