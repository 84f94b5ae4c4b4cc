"""The gate, the watch and the ledger together: what the gate announced leaves and is recorded, all else is refused."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path

from shisaku.guard.verify import records, verify

CODE = """
import asyncio, sys
from pathlib import Path
from shisaku.core.back_end import BackEnd
from shisaku.core.policy import Policy
from shisaku.errors import EgressError
from shisaku.guard.call import Call
from shisaku.guard.clerk import Clerk
from shisaku.guard.gate import Gate
from shisaku.guard.hook import watched
from shisaku.guard.journal import Journal
from shisaku.guard.ledger import Ledger
from shisaku.guard.record import blocked

port, folder = sys.argv[1], Path(sys.argv[2])
ledger, journal = Clerk(Ledger(folder / "ledger.jsonl")), Journal(folder / "journal")
here = BackEnd("here", "openai", url=f"http://localhost:{port}/v1", attempts=1)
away = BackEnd("away", "openai", url="https://api.example.com/v1", attempts=1)
def ask(model, n):
    return Call(model, "chat", "caption", "s", f"key{model}{n}", (), body={"n": n})

async def library():
    import aiohttp
    async with aiohttp.ClientSession() as session:
        await session.post(f"http://localhost:{port}/v1/library")

with watched(loopback=False, record=lambda event, host: ledger.add(blocked(event, host))):
    with Gate(Policy(), {"here": here, "away": away}, journal=journal, ledger=ledger) as gate:
        came = gate.send([ask("here", 1), ask("away", 1), ask("here", 2)])
    try:
        asyncio.run(library())
    except EgressError:
        print("refused")
journal.close()
ledger.close()
print([getattr(one, "status", None) or one.kind for one in came])
"""


def test_only_what_the_gate_announced_leaves(tmp_path: Path) -> None:
    reached: list[str] = []
    path = tmp_path / "ledger.jsonl"
    recorded: list[int] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            recorded.append(sum(one["kind"] == "opening" for one in records(path)))
            reached.append(f"{self.path} {body.decode()}")
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(server.server_address[1]), str(tmp_path)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        server.shutdown()
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines() == ["refused", "[200, 'policy', 200]"]
    assert sorted(reached) == ['/v1/chat {"n":1}', '/v1/chat {"n":2}']
    assert min(recorded) >= 1  # before a request arrived its record lay on disk
    assert verify(path).broken is None
    kinds = [one["kind"] for one in records(path)]
    assert sorted(kinds) == ["blocked", "closing", "closing", "denied", "opening", "opening"]
    openings = [one for one in records(path) if one["kind"] == "opening"]
    assert all(one["place"] == "machine" and one["bytes"] == len('{"n":1}') for one in openings)
    assert "example.com" in json.dumps(list(records(path)))
