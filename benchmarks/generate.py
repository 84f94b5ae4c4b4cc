"""What the guard costs: calls through the gate beside plain aiohttp, against one server on loopback, in one run.

Prints per contender calls per second, the share of what the latency and the number of connections would allow, and CPU
of the client per call (all its threads and processes; the server has a process of its own). What goes through the gate
passes policy, journal, budget, pace and ledger, all on disk; plain aiohttp only sends and parses the answers. Rounds
are interleaved; medians count.

    python benchmarks/generate.py                    # 50 ms and 1 s at 64 connections, and 512 connections
    python benchmarks/generate.py --quick            # a tenth of the calls
    python benchmarks/generate.py --peers            # also distilabel and data-juicer, where they are installed
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests/guard"))

from server import Plan, Running, serving

from shisaku.core.back_end import BackEnd, Prices
from shisaku.core.budget import Budget
from shisaku.core.policy import Policy
from shisaku.guard.call import Call, Sent, Units
from shisaku.guard.clerk import Clerk
from shisaku.guard.gate import Gate
from shisaku.guard.journal import Journal
from shisaku.guard.ledger import Ledger
from shisaku.guard.reply import Reply

ROUNDS = 3
WORDS = "word " * 100
Contender = Callable[[Running, Sequence[str], int], int]


@dataclass(frozen=True)
class Case:
    """So many calls at that latency (s) with that many connections."""

    latency: float
    connections: int
    calls: int

    @property
    def ideal(self) -> float:
        """Calls per second if everything but the latency were free."""
        return self.connections / self.latency


CASES = (Case(0.05, 64, 4000), Case(1.0, 64, 640), Case(0.5, 512, 4096))


def asked(text: str) -> dict[str, Any]:
    """Return the body of one request."""
    return {"model": "x", "messages": [{"role": "user", "content": text}]}


def through_the_gate(server: Running, texts: Sequence[str], connections: int) -> int:
    """Send through a gate with an empty journal."""
    end = BackEnd("m", "openai", "x", url=server.url, concurrency=connections, prices=Prices(tokens_in=1.0, call=0.001))
    calls = [
        Call(
            "m", "chat/completions", "reword", "reword", text[:40],
            (Sent(f"s{n}", "text", "text", text.encode(), "CC0-1.0", "yes"),), asked(text), units=Units(200, 200),
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        ledger, journal = Clerk(Ledger(Path(folder) / "ledger.jsonl")), Journal(Path(folder) / "journal", "run")
        budget = Budget(money=1e6, tokens=10**12)
        with Gate(Policy(), {"m": end}, journal=journal, ledger=ledger, budget=budget) as gate:
            outcomes = gate.send(calls)
        journal.close()
        ledger.close()
    return sum(isinstance(one, Reply) for one in outcomes)


def plain(server: Running, texts: Sequence[str], connections: int) -> int:
    """Send with aiohttp and orjson, and nothing else."""
    import aiohttp
    import orjson

    async def run() -> int:
        connector = aiohttp.TCPConnector(limit=connections)
        left = iter(texts)
        headers = {"Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=connector) as session:

            async def work() -> int:
                good = 0
                for text in left:
                    url = f"{server.url}/chat/completions"
                    async with session.post(url, data=orjson.dumps(asked(text)), headers=headers) as got:
                        good += "choices" in orjson.loads(await got.read())
                return good

            return sum(await asyncio.gather(*(work() for _ in range(connections))))

    return asyncio.run(run())


def distilabel(server: Running, texts: Sequence[str], connections: int) -> int:
    """Send through distilabel's OpenAI client, which sends a whole batch at once: batches of `connections`."""
    from distilabel.models import OpenAILLM

    llm = OpenAILLM(model="x", base_url=server.url, api_key="none")
    llm.load()
    good = 0
    for start in range(0, len(texts), connections):
        some = [[{"role": "user", "content": text}] for text in texts[start : start + connections]]
        good += len(llm.generate(inputs=some))
    return good


def data_juicer(server: Running, texts: Sequence[str], connections: int) -> int:
    """Send through data-juicer's API model, which its ops call for one sample after the other."""
    from data_juicer.utils.model_utils import get_model, prepare_model

    made = prepare_model("api", model="x", base_url=server.url, api_key="none")
    model = get_model(made)
    return sum(bool(model([{"role": "user", "content": text}])) for text in texts)


PEERS: dict[str, tuple[str, Contender]] = {
    "distilabel": ("distilabel", distilabel),
    "data-juicer": ("data_juicer", data_juicer),
}


def measured(contender: Contender, server: Running, case: Case, calls: int) -> tuple[float, float]:
    """Return calls per second and milliseconds of CPU per call."""
    texts = [f"item {n} of {time.monotonic_ns()} {WORDS}" for n in range(calls)]
    before, began = _cpu(), time.perf_counter()
    good = contender(server, texts, case.connections)
    seconds, cpu = time.perf_counter() - began, _cpu() - before
    if good != calls:
        raise SystemExit(f"{calls - good} of {calls} calls failed")
    return calls / seconds, cpu / calls * 1e3


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def show(case: Case, contenders: dict[str, Contender], share: float) -> None:
    """Measure one case and print it."""
    calls = max(case.connections, int(case.calls * share))
    print(f"{case.latency * 1000:.0f} ms, {case.connections} connections, {calls} calls, ideal {case.ideal:.0f}/s")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    with serving(Plan(latency=case.latency)) as server:
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                # What sends one after the other is given as many calls as it can do in a few seconds.
                some = min(calls, max(20, int(5 / case.latency))) if contender is data_juicer else calls
                found[name].append(measured(contender, server, case, some))
    reference = statistics.median(rate for rate, _ in found["plain aiohttp"])
    for name, rows in found.items():
        rate, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        print(
            f"  {name:<14} {rate:8.1f}/s  {rate / case.ideal:5.2f} of ideal  {rate / reference:5.2f} of plain"
            f"  {cpu:6.3f} ms CPU/call"
        )


def main() -> None:
    """Parse the arguments and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    contenders: dict[str, Contender] = {"plain aiohttp": plain, "gate": through_the_gate}
    for name, (module, contender) in PEERS.items() if options.peers else ():
        if importlib.util.find_spec(module) is None:
            print(f"{name} is not installed: python -m pip install --group bench")
        else:
            contenders[name] = contender
    for case in CASES:
        show(case, contenders, 0.1 if options.quick else 1.0)


if __name__ == "__main__":
    main()
