"""A server on loopback that answers as a test says, and a door that sends there with nothing between."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from shisaku.guard.call import Call
from shisaku.guard.reply import Refusal, Reply
from shisaku.message import say

MARK = "part-of-the-form"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived: the JSON body, or the fields of the form (files as bytes)."""

    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Given:
    """An answer as it goes out."""

    data: bytes
    status: int = 200
    content_type: str = "application/json"


Answering = Callable[[Asked], Given]


@dataclass
class Double:
    """The server: `asked` is what arrived, in order."""

    url: str
    asked: list[Asked] = field(default_factory=list)


def given(value: Any, status: int = 200) -> Given:
    return Given(json.dumps(value).encode(), status)


def chat_answer(text: Any, **more: Any) -> Given:
    return given({"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **more}]})


@contextmanager
def serving(answering: Answering) -> Iterator[Double]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(self.path, _parsed(self.headers["Content-Type"], raw))
            with lock:
                double.asked.append(asked)
            made = answering(asked)
            self.send_response(made.status)
            self.send_header("Content-Type", made.content_type)
            self.send_header("Content-Length", str(len(made.data)))
            self.end_headers()
            self.wfile.write(made.data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = Double(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class PlainDoor:
    """Sends every call as it is. A refusal names the parameters of the call that the server's words name."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: list[Call] = []

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        self.calls += calls
        return [self._send(call) for call in calls]

    def _send(self, call: Call) -> Reply | Refusal:
        place = urlsplit(self.url)
        line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        data, kind = _written(call)
        try:
            line.request("POST", f"{place.path}/{call.path}", data, {"Content-Type": kind})
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        if answer.status >= 300:
            words = body.decode(errors="replace")
            there = [*(call.body or {}), *(one.name for one in call.form)]
            names = [name for name in there if re.search(rf"\b{name}\b", words)]
            reason = say("status {status}, about {names}", status=answer.status, names=", ".join(names))
            return Refusal("rejected" if answer.status < 500 else "server", reason, 1)
        kind = (answer.getheader("Content-Type") or "").partition(";")[0]
        return Reply(answer.status, kind, body, call.units, 0.0, 0.0, 1)


def _written(call: Call) -> tuple[bytes, str]:
    if call.body is not None:
        return json.dumps(call.body).encode(), "application/json"
    pieces = []
    for one in call.form:
        name = f'; filename="{one.filename}"' if one.filename else ""
        kind = f"Content-Type: {one.content_type}\r\n" if one.content_type else ""
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="{one.name}"{name}\r\n{kind}\r\n'
        pieces += [head.encode(), one.data, b"\r\n"]
    return b"".join([*pieces, f"--{MARK}--\r\n".encode()]), f"multipart/form-data; boundary={MARK}"


def _parsed(kind: str, raw: bytes) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return dict(json.loads(raw))
    whole = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + raw)
    found = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        if name:
            data = part.get_payload(decode=True)
            found[str(name)] = data if part.get_filename() else data.decode()
    return found
