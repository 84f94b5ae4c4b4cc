"""Sends one call as often as it has to be: in its turn, recorded before, and charged for whatever came."""

from __future__ import annotations

import asyncio
from typing import Literal

from shisaku.core.back_end import BackEnd
from shisaku.guard.books import Books
from shisaku.guard.client import Came, Client, Request
from shisaku.guard.errand import Errand
from shisaku.guard.hosts import Host
from shisaku.guard.journal_table import Answered
from shisaku.guard.pace import Pace, backoff
from shisaku.guard.record import closing, opening
from shisaku.guard.reply import Refusal
from shisaku.guard.spending import price
from shisaku.guard.tab import Tab
from shisaku.guard.usage import used
from shisaku.message import Message, say

UNAVAILABLE = 503


def stopped(attempts: int = 0) -> Refusal:
    """Return the refusal of a call whose run was stopped."""
    return Refusal("stopped", say("The run was stopped before its turn came"), attempts)


class Attempts:
    """Makes the attempts of one endpoint's calls; when `stopped`, no further attempt is begun."""

    def __init__(self, back_end: BackEnd, host: Host, books: Books, pace: Pace, client: Client) -> None:
        self.stopped = False
        self._back_end, self._host, self._books = back_end, host, books
        self._pace, self._client = pace, client
        self._tokens_matter = back_end.tpm > 0

    async def make(self, errand: Errand, request: Request, tab: Tab) -> Answered | Refusal:
        """Return the answer, or why there is none after all attempts.

        From the first attempt on a call has as many seconds as its attempts may take; a pause that the endpoint asks
        for and that is longer ends it.
        """
        came: Came | None = None
        patience = self._back_end.timeout * self._back_end.attempts
        ends = None
        try:
            while not self.stopped:
                left = patience if ends is None else ends - self._books.clock()
                found = await self._one(errand, request, tab, left)
                if found is None:
                    break
                came = found
                if came.kind is None:
                    self._pace.arrived()
                    return self._answered(errand, came)
                ends = ends or self._books.clock() + patience - came.seconds
                if not came.again or errand.attempts >= self._back_end.attempts:
                    break
                errand.flying = False
                if why := await tab.hold():
                    return Refusal("budget", why, errand.attempts)
                await self._books.sleep(backoff(errand.key, errand.attempts))
        except asyncio.CancelledError:
            if errand.flying:
                tab.lost()
            return stopped(errand.attempts)
        return stopped() if came is None else self._refusal(errand, came)

    async def _one(self, errand: Errand, request: Request, tab: Tab, patience: float) -> Came | None:
        """Make one attempt; None where waiting for its turn is no use and an earlier attempt says why."""
        tokens = errand.call.units.tokens_in + errand.call.units.tokens_out if self._tokens_matter else 0
        began = await self._pace.enter(tokens, patience)
        if isinstance(began, str):
            return None if errand.attempts else Came(began, self._no_use(began))
        actual = tokens
        try:
            record = opening(
                errand.call, self._back_end, self._host, self._books.policy,
                body=request.content, attempt=errand.attempts + 1, rules=errand.rules,
            )  # fmt: skip
            number = await asyncio.wrap_future(self._books.ledger.add(record))
            await self._pace.start()
            errand.flying = True
            errand.attempts += 1
            tab.sent()
            try:
                came = await self._post(request, errand.key)
            finally:
                self._pace.stop()
            units = used(came.parsed, errand.call.units)
            actual = units.tokens_in + units.tokens_out if self._tokens_matter else 0
        except BaseException:
            self._pace.breaker.unclear()  # it may have been the probe that others wait for
            raise
        finally:
            self._pace.leave(tokens, actual)
        self._learn(came, began)
        if came.maybe_paid and tab.lost():
            self._books.journal.charge(errand.key, tab.charged)
        cost = price(units, self._back_end.prices) if came.kind is None else 0.0
        end = closing(
            number, status=came.status, received=came.received, cost=cost, currency=self._back_end.prices.currency,
            seconds=came.seconds, failed=came.kind or "",
        )  # fmt: skip
        self._books.ledger.add(end)
        return came

    async def _post(self, request: Request, key: str) -> Came:
        """Send; the run's own time limit cuts an attempt short as well."""
        left = self._books.spending.seconds_left
        timeout = self._back_end.timeout
        if left is None or left >= timeout:
            return await self._client.post(request, key, timeout)
        came = await self._client.post(request, key, max(left, 0.0))
        over = self._books.spending.out_of_time()
        if came.kind == "timeout" and over:
            return Came("budget", over, maybe_paid=True, received=came.received, seconds=came.seconds)
        return came

    def _learn(self, came: Came, began: float) -> None:
        """Tell the pace what the endpoint's answer says about the endpoint."""
        if came.slow_down is not None:
            self._pace.slow_down(began, came.slow_down)
        if came.kind in (None, "rejected", "too_large"):
            self._pace.answered()
        elif came.kind in ("rate", "budget") and (came.slow_down or came.status != UNAVAILABLE):
            self._pace.breaker.unclear()
        else:
            self._pace.breaker.failed()

    def _refusal(self, errand: Errand, came: Came) -> Refusal:
        kind, reason = came.kind or "connection", came.reason or say("No answer came")
        if errand.attempts > 1:
            reason = say("{reason}; {n} attempts were made", reason=reason, n=errand.attempts)
        return Refusal(kind, reason, errand.attempts)

    def _no_use(self, kind: Literal["circuit", "rate"]) -> Message:
        if kind == "rate":
            return say("{model} asked for a longer pause than a call is waited for", model=self._back_end.name)
        return say("{model} failed too often just before; nothing was sent", model=self._back_end.name)

    def _answered(self, errand: Errand, came: Came) -> Answered:
        units = used(came.parsed, errand.call.units)
        prices = self._back_end.prices
        return Answered(
            came.status, came.content_type, came.body, "", units, price(units, prices), prices.currency,
            came.seconds, errand.attempts,
        )  # fmt: skip
