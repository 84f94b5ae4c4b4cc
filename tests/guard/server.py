"""A server of chat completions that can do everything wrong: in a process of its own, on loopback, for tests.

What it does to a request is said in the request itself (`faults` of its JSON body) or, for all, in its plan; it counts
requests, what it charged for, and how many were in work at once.

    python tests/guard/server.py '{"latency": 0.05}'
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.request import Request, urlopen

from aiohttp import web

HANG = 3600.0


@dataclass(frozen=True)
class Plan:
    """What the server does. The n-th request (from 0) with one text has fault `faults[n]` of its JSON, or none.

    `latency` and `jitter` in seconds. `every` makes every so-manyth request fail with `fault`, `first` the first ones.
    `burst` refuses with 429 what is more than so many at once. `honours`: a key that was paid is not paid again.
    """

    latency: float = 0.0
    fault: str = ""
    every: int = 0
    first: int = 0
    burst: int = 0
    retry_after: str = ""
    honours: bool = False
    tokens: int = 10
    padding: int = 0


@dataclass
class State:
    requests: int = 0
    now: int = 0
    peak: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    keys: dict[str, bytes] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)


class Faulty:
    """The server's side."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.state = plan, State()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_get("/counts", self.counts)
        app.router.add_post("/plan", self.replan)
        app.router.add_route("*", "/{rest:.*}", self.elsewhere)
        return app

    async def counts(self, request: web.Request) -> web.Response:
        state = self.state
        told = {
            "requests": state.requests,
            "peak": state.peak,
            "now": state.now,
            "paid": sum(state.paid.values()),
            "by_text": dict(state.paid),
            "twice": sum(n - 1 for n in state.paid.values()),
            "kinds": dict(state.kinds),
            "headers": state.headers[-5:],
        }
        return web.json_response(told)

    async def replan(self, request: web.Request) -> web.Response:
        self.plan = Plan(**await request.json())
        return web.json_response({})

    async def elsewhere(self, request: web.Request) -> web.Response:
        self.state.kinds["elsewhere"] += 1
        return web.json_response({}, status=404)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        state = self.state
        state.requests += 1
        state.now += 1
        state.peak = max(state.peak, state.now)
        state.headers = [*state.headers[-4:], dict(request.headers)]
        try:
            return await self.answer(request, state.requests)
        finally:
            state.now -= 1

    async def answer(self, request: web.Request, number: int) -> web.StreamResponse:
        asked = await request.json()
        text = asked["messages"][-1]["content"]
        plan, state = self.plan, self.state
        nth = state.seen[text]
        state.seen[text] += 1
        faults = asked.get("faults", [])
        fault = faults[nth] if nth < len(faults) else ""
        if not fault and ((plan.every and number % plan.every == 0) or number <= plan.first):
            fault = plan.fault
        if not fault and plan.burst and state.now > plan.burst:
            fault = "429"
        state.kinds[fault or "good"] += 1
        if plan.latency:
            await asyncio.sleep(plan.latency)
        if fault.isdecimal():
            headers = {"Retry-After": plan.retry_after} if plan.retry_after else {}
            if fault == "302":
                headers["Location"] = "http://127.0.0.2:9/stolen"
            return web.json_response({"error": {"message": f"planned, of {text}"}}, status=int(fault), headers=headers)
        if fault == "hang":
            await asyncio.sleep(HANG)
        if fault == "reset":
            request.transport.abort()  # type: ignore[union-attr]
            return web.Response()
        return await self.paid(request, text, fault)

    async def paid(self, request: web.Request, text: str, fault: str) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        body = self.state.keys.get(key) if self.plan.honours else None
        if body is None:
            self.state.paid[text] += 1
            body = self.body(text)
            if self.plan.honours:
                self.state.keys[key] = body
        if fault in ("", "wrong_schema"):
            body = b'{"answer": 42}' if fault else body
            return web.Response(body=body, content_type="application/json")
        return await self.spoilt(request, body, fault)

    async def spoilt(self, request: web.Request, body: bytes, fault: str) -> web.StreamResponse:
        if fault == "half_json":
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        if fault == "paid_reset":
            request.transport.abort()  # type: ignore[union-attr]
            return web.Response()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        if fault == "cut":
            response.content_length = len(body)
        await response.prepare(request)
        if fault == "cut":
            await response.write(body[: len(body) // 2])
            request.transport.close()  # type: ignore[union-attr]
            return response
        assert fault == "drip", fault
        with contextlib.suppress(ConnectionError):
            for n in range(len(body)):
                await response.write(body[n : n + 1])
                await asyncio.sleep(0.05)
        return response

    def body(self, text: str) -> bytes:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": f"re: {text}"}}
        usage = {"prompt_tokens": self.plan.tokens, "completion_tokens": self.plan.tokens}
        answer = {"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}
        return json.dumps({**answer, "padding": "x" * self.plan.padding}).encode()


@dataclass(frozen=True)
class Running:
    """A server that runs, as its client sees it."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def counts(self) -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{self.port}/counts") as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]

    def replan(self, plan: Plan) -> None:
        data = json.dumps(asdict(plan)).encode()
        urlopen(Request(f"http://127.0.0.1:{self.port}/plan", data, {"Content-Type": "application/json"})).close()


@contextmanager
def serving(plan: Plan | None = None) -> Iterator[Running]:
    """Run a server in a process of its own while the block runs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_main, args=(plan or Plan(), there), daemon=True)
    process.start()
    try:
        yield Running(here.recv())
    finally:
        process.terminate()
        process.join()
        here.close()
        there.close()


def _main(plan: Plan, told: Any) -> None:
    asyncio.run(_serve(plan, told.send))


async def _serve(plan: Plan, told: Any) -> None:
    runner = web.AppRunner(Faulty(plan).application(), access_log=None, shutdown_timeout=0.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
    await site.start()
    told(runner.addresses[0][1])
    await asyncio.sleep(HANG)


if __name__ == "__main__":
    asyncio.run(_serve(Plan(**json.loads(sys.argv[1] if sys.argv[1:] else "{}")), lambda port: print(port, flush=True)))
