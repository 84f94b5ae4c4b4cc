"""The audit hook stops any Python code that nobody announced; native code it does not see, and the tests say so."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAD = """
import json, sys
from shisaku.errors import EgressError, MachineError
from shisaku.guard.hook import announced, watched
done = {}
def attempt(name, work):
    try:
        work()
        done[name] = ""
    except BaseException as error:
        chain, here = [], error
        while here is not None and here not in chain:
            chain.append(here)
            here = here.__cause__ or here.__context__
        ours = [one for one in chain if isinstance(one, EgressError)]
        done[name] = str(ours[0]) if ours else "other: " + repr(error)
"""


def run(code: str, *args: str) -> dict[str, str]:
    # What a test of local models left in this process would keep a library from trying at all.
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_OFFLINE")}
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code + "\nprint(json.dumps(done))", *args],
        capture_output=True, text=True, timeout=100, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and the requests that reached it."""
    reached: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{one.server_address[1]}", reached
        one.shutdown()


LIBRARIES = """
import asyncio, ftplib, smtplib, socket, urllib.request
import aiohttp, huggingface_hub, requests, urllib3

async def aio():
    async with aiohttp.ClientSession() as session:
        await session.get("http://api.example.com/")

def udp():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))

with watched() as watch:
    attempt("requests", lambda: requests.get("https://api.example.com/", timeout=5))
    attempt("urllib3", lambda: urllib3.PoolManager(retries=False).request("GET", "http://192.0.2.1/"))
    attempt("aiohttp", lambda: asyncio.run(aio()))
    attempt("hub", lambda: huggingface_hub.HfApi().model_info("gpt2"))
    attempt("urllib", lambda: urllib.request.urlopen("http://api.example.com/"))
    attempt("ftplib", lambda: ftplib.FTP("api.example.com"))
    attempt("smtplib", lambda: smtplib.SMTP("api.example.com"))
    attempt("dns", lambda: socket.gethostbyname("api.example.com"))
    attempt("reverse", lambda: socket.getnameinfo(("192.0.2.1", 80), 0))
    attempt("udp", udp)
    attempt("connect_ex", lambda: socket.socket().connect_ex(("192.0.2.1", 80)))
    attempt("v6", lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)))
    attempt("listen", lambda: socket.create_server(("0.0.0.0", 0)))
done["refused"] = watch.refused
"""
NAMED = ("requests", "aiohttp", "urllib", "ftplib", "smtplib", "dns")
ADDRESSED = ("urllib3", "reverse", "udp", "connect_ex")


def test_real_libraries_are_stopped_and_told_of(tmp_path: Path) -> None:
    done = run(LIBRARIES)
    refused = [host for _, host in done.pop("refused")]
    for name in NAMED:
        assert "api.example.com" in done[name], (name, done[name])
    for name in ADDRESSED:
        assert "192.0.2.1" in done[name], (name, done[name])
    assert "huggingface.co" in done["hub"], done["hub"]
    assert "2001:db8::1" in done["v6"]
    assert "0.0.0.0" in done["listen"]
    assert len(refused) >= len(done)
    assert all("nothing was sent" in said for said in done.values())


def test_loopback_unix_sockets_and_what_the_gate_announced_go_through(
    server: tuple[str, list[str]], tmp_path: Path
) -> None:
    done = run(
        """
import asyncio, socket, threading, urllib.request
import aiohttp
address = sys.argv[1]

async def aio():
    async with aiohttp.ClientSession() as session:
        await session.get(f"http://{address}/aio")

async def gate():
    with announced("127.0.0.1"):
        await aio()

def thread(work):
    one = threading.Thread(target=attempt, args=("other thread", work))
    one.start()
    one.join()

def unix():
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(sys.argv[2])
        listener.listen()
        client.connect(sys.argv[2])

def fetch():
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{address}/plain")

with watched():
    attempt("loopback", lambda: asyncio.run(aio()))
    attempt("unix", unix)
with watched(loopback=False) as strict:
    attempt("strict", lambda: asyncio.run(aio()))
    attempt("announced", lambda: asyncio.run(gate()))
    with announced("127.0.0.1"):
        thread(fetch)
        attempt("other address", lambda: socket.socket().connect(("192.0.2.1", 80)))
    attempt("after", fetch)
    with watched():
        attempt("nested", fetch)
attempt("switched off", lambda: asyncio.run(aio()))
""",
        server[0],
        str(tmp_path / "socket"),
    )
    assert done["loopback"] == done["unix"] == done["announced"] == done["switched off"] == ""
    for name in ("strict", "other thread", "after", "nested"):
        assert "127.0.0.1" in done[name], name
    assert "192.0.2.1" in done["other address"]
    assert server[1] == ["/aio", "/aio", "/aio"]


def test_a_refusal_is_recorded_and_child_programs_are_noted(tmp_path: Path) -> None:
    done = run(
        """
import socket, subprocess
from pathlib import Path
from shisaku.guard.clerk import Clerk
from shisaku.guard.ledger import Ledger
from shisaku.guard.record import blocked
clerk = Clerk(Ledger(Path(sys.argv[1])))
with watched(record=lambda event, host: clerk.add(blocked(event, host))) as watch:
    attempt("dns", lambda: socket.getaddrinfo("telemetry.example.com", 443))
    subprocess.run([sys.executable, "-c", ""])
clerk.close()
done["children"] = list(watch.children)
""",
        str(tmp_path / "ledger.jsonl"),
    )
    from shisaku.guard.verify import records

    assert "telemetry.example.com" in done["dns"]
    assert done["children"] == [sys.executable]
    (one,) = records(tmp_path / "ledger.jsonl")
    assert (one["kind"], one["event"], one["host"]) == ("blocked", "socket.getaddrinfo", "telemetry.example.com")


def test_the_hook_does_not_see_native_code(server: tuple[str, list[str]]) -> None:
    """Arrow's S3 client is C++: the bytes reach the server although every address is forbidden. --isolate stops it."""
    done = run(
        """
from pyarrow import fs
with watched(loopback=False) as watch:
    s3 = fs.S3FileSystem(endpoint_override=sys.argv[1], scheme="http", anonymous=True, region="x",
                         connect_timeout=2, request_timeout=2, retry_strategy=fs.AwsStandardS3RetryStrategy(1))
    attempt("s3", lambda: s3.get_file_info("bucket/secret"))
done["refused"] = watch.refused
""",
        server[0],
    )
    assert done["refused"] == []
    assert any("/bucket/secret" in path for path in server[1])


def test_the_hook_does_not_see_into_child_processes(server: tuple[str, list[str]]) -> None:
    run(
        """
import subprocess
code = "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://" + sys.argv[1] + "/child')"
with watched(loopback=False):
    subprocess.run([sys.executable, "-c", code], capture_output=True)
""",
        server[0],
    )
    assert server[1] == ["/child"]


def test_a_hook_that_cannot_be_set_is_an_error_and_not_a_silence() -> None:
    done = run(
        """
def veto(event, args):
    if event == "sys.addaudithook":
        raise RuntimeError
sys.addaudithook(veto)
try:
    with watched():
        done["said"] = "went on"
except MachineError as error:
    done["said"] = str(error)
"""
    )
    assert "another audit hook" in done["said"]


def test_the_hook_costs_little() -> None:
    done = run(
        """
import time
def cost():
    began = time.perf_counter()
    for _ in range(100_000):
        sys.audit("some.event", 1)
    return (time.perf_counter() - began) / 100_000
with watched():
    done["ns"] = str(cost() * 1e9)
"""
    )
    print(done["ns"], "ns per audit event")
    assert float(done["ns"]) < 5_000
