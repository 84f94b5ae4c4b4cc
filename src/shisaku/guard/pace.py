"""How fast an endpoint is asked: requests and tokens per minute, how many at once, and when it asked for patience."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

from shisaku.core.back_end import BackEnd
from shisaku.core.seed import key_for
from shisaku.guard.breaker import Breaker

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

BURST = 0.05  # of a minute's quota may go at once; the rest flows evenly
BACKOFF, LONGEST_BACKOFF = 0.5, 60.0
LONGEST_PAUSE = 3600.0
NOT_LESS = 1e-3  # seconds of a wait, against rounding
SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class Bucket:
    """A token bucket that never gives more than `per_minute` in any 60 seconds (0: no limit).

    One that is asked for more than it can ever hold is emptied below zero, and the next ones wait.
    """

    def __init__(self, per_minute: float, clock: Clock) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._holds = max(1.0, BURST * per_minute)
        # Less what may go at once, so that the sum over a minute is the quota and not the quota and a burst.
        self._rate = max(per_minute - self._holds, per_minute / 2) / 60
        self._level, self._at = self._holds, clock()

    def wait(self, amount: float) -> float:
        """Return how many seconds it takes until `amount` can be taken."""
        if not self._rate:
            return 0.0
        now = self._clock()
        self._level = min(self._holds, self._level + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, (min(amount, self._holds) - self._level) / self._rate)

    def take(self, amount: float) -> None:
        """Take out `amount`."""
        self._level -= self._weight(amount)

    def put_back(self, taken: float, used: float) -> None:
        """Put back what was taken and not used, or take what was used beyond it."""
        self._level = min(self._holds, self._level + self._weight(taken) - self._weight(used))

    def _weight(self, amount: float) -> float:
        """Return what an amount takes out: more than itself if it is larger than what the bucket can hold."""
        if amount <= self._holds or not self._rate:
            return amount
        # Amounts of this size may start so many seconds apart that those in any minute are within the quota.
        rest = self._per_minute - amount
        apart = 60 * amount / rest if amount < self._per_minute / 2 else 60 * max(1.0, amount / self._per_minute)
        return apart * self._rate


class Pace:
    """Lets the attempts of one endpoint through, in their order.

    How many go at once is between 1 and the endpoint's concurrency: one more for every full round of answers, half as
    many when the endpoint says 429 or 503 (additive increase, multiplicative decrease: Chiu and Jain 1989, Computer
    Networks 17:1). Nothing goes while a ``Retry-After`` of any answer runs, or while the breaker is open. Some more are
    admitted than may go, so that they are recorded by the time that a place on the wire is free.
    """

    def __init__(self, back_end: BackEnd, clock: Clock, sleep: Sleep, breaker: Breaker | None = None) -> None:
        self.breaker = breaker or Breaker(clock)
        self.window = float(back_end.concurrency)
        self._most = back_end.concurrency
        self._clock, self._sleep = clock, sleep
        self._requests, self._tokens = Bucket(back_end.rpm, clock), Bucket(back_end.tpm, clock)
        self._admitted = self._sending = self.unwritten = 0
        self._ahead = back_end.concurrency
        self._pause_until = 0.0
        self._slowed_at = -1.0
        self._slowed = 0
        self._turn = asyncio.Lock()
        self._left = asyncio.Event()
        self._starting: deque[asyncio.Future[None]] = deque()

    async def enter(self, tokens: int, patience: float) -> float | Literal["circuit", "rate"]:
        """Wait for this one's turn; return when it began, or why waiting is no use.

        That is ``circuit`` where the endpoint fails and fails, ``rate`` where it asked for more than `patience`
        seconds. The endpoint's own quota is waited for however long it takes.
        """
        async with self._turn:
            while True:
                if self.breaker.hopeless:
                    return "circuit"
                if self._pause_until - self._clock() > patience:
                    return "rate"
                if self._admitted >= int(self.window) + self._ahead:
                    self._left.clear()
                    await self._left.wait()
                elif (wait := self._wait(tokens)) > 0:
                    await self._sleep(max(wait, NOT_LESS))
                else:
                    break
            self._requests.take(1)
            self._tokens.take(tokens)
            self._admitted += 1
            return self._clock()

    async def start(self) -> None:
        """Wait, once admitted, for a place on the wire."""
        while self._sending >= int(self.window) or self._sending + self.unwritten >= self._at_risk():
            waits = asyncio.get_running_loop().create_future()
            self._starting.append(waits)
            await waits
        self._sending += 1

    def stop(self) -> None:
        """Give the place on the wire free."""
        self._sending -= 1
        self._wake()

    def arrived(self) -> None:
        """Note an answer that is not on disk yet: a machine that fails now would have it paid again."""
        self.unwritten += 1

    def written(self) -> None:
        """Note that such an answer is on disk, or was given up."""
        self.unwritten -= 1
        self._wake()

    def _at_risk(self) -> int:
        """Return how many answers may be on the wire or not on disk at once."""
        return int(self.window) + max(1, self._most // 4)

    def _wake(self) -> None:
        while self._starting:
            waits = self._starting.popleft()
            if not waits.done():
                waits.set_result(None)
                break

    def leave(self, reserved: int, used: int) -> None:
        """Give the admission free; tokens that were reserved and not used go back."""
        self._admitted -= 1
        self._tokens.put_back(reserved, used)
        self._left.set()

    def answered(self) -> None:
        """Note a proper answer: a little more may go at once."""
        self.breaker.succeeded()
        self._slowed = 0
        self.window = min(float(self._most), self.window + 1 / self.window)

    def slow_down(self, began: float, seconds: float) -> None:
        """Note that the endpoint asked for patience in answer to an attempt that `began` then.

        `seconds` is its Retry-After; where it names none (0), the pause doubles with every burst that is refused.
        """
        # What was on its way already when it was slowed down is one and the same burst.
        if began > self._slowed_at:
            self._slowed_at = self._clock()
            self._slowed += 1
            self.window = max(1.0, self.window / 2)
        pause = seconds or min(LONGEST_BACKOFF, BACKOFF * 2 ** (self._slowed - 2))
        self._pause_until = max(self._pause_until, self._clock() + pause)

    def _wait(self, tokens: int) -> float:
        paused = self._pause_until - self._clock()
        quota = max(self._requests.wait(1), self._tokens.wait(tokens))
        # Asked last: whom the breaker lets through may be its only probe.
        return max(paused, quota) if max(paused, quota) > 0 else self.breaker.wait()


def backoff(key: str, attempt: int) -> float:
    """Return the seconds before another attempt: full jitter over an exponential bound, drawn from the call's key."""
    # Full jitter: M. Brooker, Exponential backoff and jitter, AWS Architecture Blog (2015).
    share = key_for("backoff", key, attempt) / 2**128
    return float(share * min(LONGEST_BACKOFF, BACKOFF * 2**attempt))


def retry_after(value: str, wall: Clock) -> float:
    """Return the seconds that a ``Retry-After`` header names (seconds or a date; RFC 9110, section 10.2.3), else 0."""
    text = value.strip()
    if SECONDS.fullmatch(text):
        return min(float(text), LONGEST_PAUSE)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    ahead = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - wall()
    return min(max(0.0, ahead), LONGEST_PAUSE)
