"""The door: policy, journal, budget, limits, ledger, and then the wire; for callers in any number of threads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from shisaku.core.back_end import BackEnd
from shisaku.core.budget import Budget
from shisaku.core.policy import Policy
from shisaku.guard.attempts import stopped
from shisaku.guard.books import Books
from shisaku.guard.call import Call
from shisaku.guard.clerk import Clerk
from shisaku.guard.client import LARGEST_ANSWER, Client
from shisaku.guard.endpoint import Endpoint
from shisaku.guard.errand import Batch, Errand
from shisaku.guard.hosts import Host
from shisaku.guard.intents import reply_of
from shisaku.guard.journal import Journal, journal_dir
from shisaku.guard.judging import Bench
from shisaku.guard.ledger import Ledger, ledger_of
from shisaku.guard.loop import Loop
from shisaku.guard.pace import Clock, Pace, Sleep
from shisaku.guard.permission import Finders
from shisaku.guard.record import denied
from shisaku.guard.reply import Refusal, Reply
from shisaku.guard.secret import secret_of
from shisaku.guard.spending import Spending, check_currency

TOGETHER = 64  # calls that are looked up and handed over at once
GRACE = 30.0


class Gate:
    """The one door of a run.

    `back_ends` are the models by name. Journal and ledger belong to whoever opened them. `close` (and Ctrl-C in a
    sender) lets the calls on the wire end within `grace` seconds and refuses the others as ``stopped``: their turn
    comes on the next run. Raises RecipeError where prices and budget are in different currencies.
    """

    def __init__(
        self,
        policy: Policy,
        back_ends: Mapping[str, BackEnd],
        *,
        journal: Journal,
        ledger: Clerk,
        budget: Budget | None = None,
        finders: Finders | None = None,
        grace: float = GRACE,
        largest: int = LARGEST_ANSWER,
        clock: Clock = time.monotonic,
        wall: Clock = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        budget = budget or Budget()
        for back_end in back_ends.values():
            check_currency(budget, back_end)
        used, minutes = journal.used()
        self.spending = Spending(budget, clock, used, minutes)
        self._books = Books(policy, journal, ledger, self.spending, clock, wall, sleep)
        self._bench = Bench(policy, back_ends, finders or {})
        self._journal, self._grace, self._largest = journal, grace, largest
        self._endpoints: dict[str, Endpoint] = {}
        self._under_way: dict[str, Errand] = {}
        self._changed = threading.Condition()
        self._senders = 0
        self._closed = False
        self._loop = Loop("shisaku-gate")

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        """Return what came of every call, in their order. Raises MachineError for this machine's own faults."""
        with self._changed:
            if self._closed:
                return [stopped() for _ in calls]
            self._senders += 1
        try:
            errands = self._sent(calls)
        except (KeyboardInterrupt, SystemExit):
            self._stop()
            raise
        finally:
            with self._changed:
                self._senders -= 1
                self._changed.notify_all()
        if error := next((errand.error for errand in errands if errand.error is not None), None):
            raise error
        return [errand.outcome or stopped() for errand in errands]

    def close(self) -> None:
        """End: what is on the wire is finished and written down, the rest is refused."""
        self._stop()
        with self._changed:
            self._changed.wait_for(lambda: self._senders == 0)
        self._loop.stop()

    def __enter__(self) -> Gate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sent(self, calls: Sequence[Call]) -> list[Errand]:
        batch = Batch()
        errands: list[Errand] = []
        denials: list[Future[int]] = []
        expected = 0
        for start in range(0, len(calls), TOGETHER):
            some = [self._judged(call, batch, denials) for call in calls[start : start + TOGETHER]]
            errands += some
            expected += self._hand_over(some)
        self._loop.call(lambda: batch.expect(expected))
        for denial in denials:
            denial.result()
        batch.whole.wait()
        return errands

    def _judged(self, call: Call, batch: Batch, denials: list[Future[int]]) -> Errand:
        found = self._bench.judged(call)
        errand = Errand(call, found.key, batch, found.asked, found.refused)
        if found.back_end is None or found.host is None:
            return errand
        if found.refused is not None and found.denied is not None:
            told = denied(call, found.back_end, self._books.policy, found.denied, found.refused.reason)
            denials.append(self._books.ledger.add(told))
        else:
            if found.back_end.key_env:
                secret_of(found.back_end)  # one that is missing is told before anything is announced
            self._endpoint(found.back_end, found.host)
        return errand

    def _hand_over(self, errands: list[Errand]) -> int:
        """Answer from the journal what lies there, give the rest to the loop; return how many that are."""
        open_ = [errand for errand in errands if errand.outcome is None]
        found = self._journal.find(list({errand.key for errand in open_}))
        for errand in open_:
            if answer := found.get(errand.key):
                errand.outcome = reply_of(answer, paid=False)
                self._journal.link(errand.key, errand.samples)
        left = [errand for errand in open_ if errand.outcome is None]
        if left:
            self._loop.call(lambda: self._take(left))
        return len(left)

    def _take(self, errands: list[Errand]) -> None:
        """Queue errands, on the loop; one that is under way already is waited for and not sent again."""
        for errand in errands:
            if self._closed:
                errand.outcome = stopped()
                errand.end()
                continue
            leader = self._under_way.get(errand.key)
            if leader is not None:
                leader.followers.append(errand)
                continue
            self._under_way[errand.key] = errand
            self._endpoints[errand.call.model].add([errand])

    def _landed(self, errand: Errand) -> None:
        """Tell whoever waits for an errand that it has ended, on the loop."""
        del self._under_way[errand.key]
        if isinstance(errand.outcome, Reply):
            for one in errand.followers:
                self._journal.link(errand.key, one.samples)
        errand.end()

    def _endpoint(self, back_end: BackEnd, host: Host) -> None:
        with self._changed:
            if back_end.name not in self._endpoints:
                pace = Pace(back_end, self._books.clock, self._books.sleep)
                client = Client(back_end, host, self._books.wall, self._largest)
                self._endpoints[back_end.name] = Endpoint(back_end, host, self._books, pace, client, self._landed)

    def _stop(self) -> None:
        with self._changed:
            if self._closed:
                return
            self._closed = True
        self._loop.begin(self._drain()).result()

    async def _drain(self) -> None:
        await asyncio.gather(*(endpoint.stop(self._grace) for endpoint in self._endpoints.values()))


@contextmanager
def gate_of(
    run: Path, policy: Policy, back_ends: Mapping[str, BackEnd], budget: Budget, finders: Finders | None = None
) -> Iterator[Gate]:
    """Give the gate of the run in the folder `run`, with its ledger and the journal of this machine's cache."""
    ledger = Clerk(Ledger(ledger_of(run)))
    try:
        journal = Journal(journal_dir(), str(run.absolute()))
        try:
            with Gate(policy, back_ends, journal=journal, ledger=ledger, budget=budget, finders=finders) as gate:
                yield gate
        finally:
            journal.close()
    finally:
        ledger.close()
