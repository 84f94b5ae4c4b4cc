"""One endpoint's queue: takes errands in their order, and writes down what came of each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.guard.attempts import Attempts, stopped
from shisaku.guard.books import Books
from shisaku.guard.client import Client, request_of
from shisaku.guard.errand import Errand
from shisaku.guard.hook import announced
from shisaku.guard.hosts import Host
from shisaku.guard.intents import intent_of, reply_of
from shisaku.guard.journal import Announced
from shisaku.guard.journal_table import Answered, Intent
from shisaku.guard.pace import Pace
from shisaku.guard.reply import Refusal, Reply
from shisaku.guard.spending import Amount, amount
from shisaku.guard.tab import Tab

Landed = Callable[[Errand], None]

LOOK_AGAIN = 0.1  # seconds between looks for an answer that another process is about to get


class Endpoint:
    """Everything that goes to one back end. Belongs to one asyncio loop; `landed` is told of every errand that ended.

    Three times as many errands are under way as may be sent at once, so that the books of some are written while others
    are on the wire.
    """

    def __init__(self, back_end: BackEnd, host: Host, books: Books, pace: Pace, client: Client, landed: Landed) -> None:
        self.back_end, self.host = back_end, host
        self._model = fingerprint(back_end.identity)
        self._books, self._pace, self._client, self._landed = books, pace, client, landed
        self._attempts = Attempts(back_end, host, books, pace, client)
        self._queue: deque[Errand] = deque()
        self._tasks: dict[asyncio.Task[None], Errand | None] = {}
        self._stopped = False

    def add(self, errands: list[Errand]) -> None:
        """Queue errands."""
        self._queue.extend(errands)
        if self._stopped:
            self._refuse_all()
            return
        for _ in range(min(len(errands), 3 * self.back_end.concurrency - len(self._tasks))):
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks[task] = None
            task.add_done_callback(self._tasks.pop)

    async def stop(self, grace: float) -> None:
        """Refuse what is not on the wire, wait for the rest for `grace` seconds, and close the connections."""
        self._stopped = self._attempts.stopped = True
        self._refuse_all()
        for task, errand in self._tasks.items():
            if errand is not None and not errand.flying:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._client.close()

    def _refuse_all(self) -> None:
        while self._queue:
            errand = self._queue.popleft()
            errand.outcome = stopped()
            self._landed(errand)

    async def _work(self) -> None:
        task = asyncio.current_task()
        with announced(*self.host.addresses):
            while self._queue and task is not None:
                errand = self._queue.popleft()
                self._tasks[task] = errand
                try:
                    errand.outcome = await self._outcome(errand)
                except asyncio.CancelledError:
                    errand.outcome = stopped()
                except Exception as error:  # noqa: BLE001 - it is the sender's, and the others go on
                    errand.error = error
                self._landed(errand)

    async def _outcome(self, errand: Errand) -> Reply | Refusal:
        bound = amount(errand.call.units, self.back_end.prices)
        tab = Tab(self._books.spending, bound, again=self.back_end.idempotent)
        try:
            if why := await tab.hold():
                return Refusal("budget", why)
            request = request_of(errand.call)
            intent = intent_of(errand.call, self._model, errand.key, request.content)
            found = await self._announce(intent, bound)
            if found.answer is not None:
                return reply_of(found.answer, paid=False)
            tab.forgo(found.before)
            came = await self._attempts.make(errand, request, tab)
            try:
                return await self._write(errand.key, came, tab)
            finally:
                if isinstance(came, Answered):
                    self._pace.written()
        finally:
            tab.close()

    async def _announce(self, intent: Intent, bound: Amount) -> Announced:
        patience = self.back_end.timeout * self.back_end.attempts
        waited = 0.0
        journal, again = self._books.journal, self.back_end.idempotent
        try:
            while True:
                found = await journal.announce(intent, bound, again=again, take_over=waited >= patience)
                if found.how != "elsewhere":
                    return found
                await self._books.sleep(LOOK_AGAIN)
                waited += LOOK_AGAIN
        except asyncio.CancelledError:
            journal.withdraw(intent.key, bound)
            raise

    async def _write(self, key: str, came: Answered | Refusal, tab: Tab) -> Reply | Refusal:
        journal = self._books.journal
        if isinstance(came, Refusal):
            tab.close()
            await journal.refuse(key, came.kind, tab.charged)
            return came
        tab.close(replace(amount(came.units, self.back_end.prices), money=came.cost))
        kept = came if journal.is_small(came) else await asyncio.to_thread(journal.stored, came)
        await journal.answer(key, kept, tab.charged)
        return reply_of(came, paid=True)
