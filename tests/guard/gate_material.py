"""A gate with everything behind it, calls to send through it, and a server of its own per module."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shisaku.core.back_end import BackEnd, Prices
from shisaku.core.budget import Budget
from shisaku.core.policy import Policy
from shisaku.guard.call import Call, Sent, Units
from shisaku.guard.clerk import Clerk
from shisaku.guard.gate import Gate
from shisaku.guard.journal import Journal
from shisaku.guard.ledger import Ledger

sys.path.append(str(Path(__file__).parent))

PRICES = Prices(tokens_in=1.0, tokens_out=2.0, call=0.01)


def back_end(url: str, **params: Any) -> BackEnd:
    return BackEnd(**{"name": "m", "way": "openai", "model": "x", "url": url, "prices": PRICES, **params})


def call(n: int | str, *, faults: Sequence[str] = (), model: str = "m", pad: int = 0, **params: Any) -> Call:
    text = f"item {n}" + "." * pad
    sent = Sent(f"sample-{n}", "text", "text", text.encode(), "CC0-1.0", "yes")
    body = {"model": "x", "messages": [{"role": "user", "content": text}], "faults": list(faults)}
    about = {"purpose": "reword", "step": "reword", "key": f"{model}:{n}:{pad}", "sent": (sent,)}
    return Call(
        **{"model": model, "path": "chat/completions", "body": body, "units": Units(100, 100), **about, **params}
    )


@contextmanager
def gate_in(
    folder: Path, *back_ends: BackEnd, budget: Budget | None = None, run: str = "run", **params: Any
) -> Iterator[Gate]:
    ledger = Clerk(Ledger(folder / "ledger.jsonl"))
    journal = Journal(folder / "journal", run)
    try:
        models = {one.name: one for one in back_ends}
        with Gate(Policy(), models, journal=journal, ledger=ledger, budget=budget, **params) as gate:
            yield gate
    finally:
        journal.close()
        ledger.close()
