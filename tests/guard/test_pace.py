from __future__ import annotations

import asyncio
import heapq
from email.utils import formatdate

import pytest

from shisaku.core.back_end import BackEnd
from shisaku.guard.breaker import Breaker
from shisaku.guard.pace import BACKOFF, LONGEST_BACKOFF, LONGEST_PAUSE, Pace, backoff, retry_after


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._n = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._n += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._n, waits))
        await waits

    async def run(self, work: asyncio.Future[object]) -> None:
        while not work.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if not work.done() and self._sleepers:
                self.now, _, waits = heapq.heappop(self._sleepers)
                waits.set_result(None)


def pace_of(time: Time, **params: object) -> Pace:
    return Pace(BackEnd("m", "openai", **params), time, time.sleep)  # type: ignore[arg-type]


def times_of(calls: int, tokens: int = 0, seconds: float = 0.0, **params: object) -> list[float]:
    """Return when each of some calls went, in seconds from the start."""
    time = Time()
    went: list[float] = []

    async def one(pace: Pace) -> None:
        assert isinstance(await pace.enter(tokens, 1e9), float)
        await pace.start()
        went.append(time.now - 1000)
        await time.sleep(seconds)
        pace.stop()
        pace.leave(tokens, tokens)

    async def all_() -> None:
        pace = pace_of(time, **params)
        await time.run(asyncio.gather(*(one(pace) for _ in range(calls))))

    asyncio.run(all_())
    return went


@pytest.mark.parametrize("rpm", [1, 2, 7, 60, 600])
def test_no_minute_has_more_requests_than_its_quota(rpm: int) -> None:
    went = times_of(3 * rpm + 2, rpm=rpm, concurrency=1000)
    assert max(sum(at <= other < at + 60 for other in went) for at in went) <= rpm
    if rpm >= 60:
        assert went[-1] < 60 * 3.4  # and it is used


@pytest.mark.parametrize(
    ("tpm", "tokens"), [(1000, 10), (1000, 300), (1000, 499), (1000, 501), (1000, 1000), (100, 150)]
)
def test_no_minute_has_more_tokens_than_its_quota(tpm: int, tokens: int) -> None:
    went = times_of(30, tokens, tpm=tpm, concurrency=1000)
    worst = max(sum(at <= other < at + 60 for other in went) for at in went) * tokens
    assert worst <= max(tpm, tokens)


def test_without_quota_only_the_concurrency_holds() -> None:
    went = times_of(100, seconds=1.0, concurrency=10)
    assert went[-1] == pytest.approx(9.0)


def test_unused_tokens_go_back() -> None:
    time = Time()

    async def run() -> None:
        pace = pace_of(time, tpm=6000, concurrency=10)

        async def ten() -> None:
            for _ in range(10):
                await pace.enter(300, 1e9)
                pace.leave(300, 0)

        await time.run(asyncio.ensure_future(ten()))

    asyncio.run(run())
    assert time.now == 1000.0


def test_a_burst_of_429_halves_the_window_once_and_success_grows_it() -> None:
    time = Time()
    pace = pace_of(time, concurrency=64)
    began = time.now
    time.now += 1
    for _ in range(64):
        pace.slow_down(began, 1.0)
    assert pace.window == 32
    pace.slow_down(time.now + 0.5, 1.0)
    assert pace.window == 16
    for _ in range(16):
        pace.answered()
    assert 16.9 < pace.window <= 17.01
    for _ in range(10_000):
        pace.answered()
    assert pace.window == 64


def test_nothing_goes_while_the_endpoint_asked_to_wait() -> None:
    time = Time()

    async def run() -> float:
        pace = pace_of(time)
        pace.slow_down(time.now, 7.0)
        found: list[float | str] = []

        async def enter() -> None:
            found.append(await pace.enter(0, 8.0))

        await time.run(asyncio.ensure_future(enter()))
        assert await pace.enter(0, 1e9) == time.now
        pace.slow_down(time.now, 9.0)
        assert await pace.enter(0, 8.0) == "rate"
        return time.now

    assert asyncio.run(run()) == pytest.approx(1007.0)


def test_a_429_without_a_time_is_answered_by_longer_and_longer_pauses() -> None:
    time = Time()
    pace = pace_of(time)
    pauses = []
    for _ in range(12):
        time.now += 100
        pace.slow_down(time.now, 0.0)
        pauses.append(pace._pause_until - time.now)
    assert pauses == sorted(pauses)
    assert pauses[0] < 1 < pauses[-1] == LONGEST_BACKOFF


def test_the_breaker_opens_probes_and_closes() -> None:
    time = Time()
    breaker = Breaker(time, row=3, rest=2.0)
    for _ in range(3):
        assert breaker.wait() == 0
        breaker.failed()
    assert breaker.state == "open"
    assert breaker.wait() == pytest.approx(2.0)
    time.now += 2
    assert breaker.state == "half-open"
    assert breaker.wait() == 0  # the probe
    assert breaker.wait() > 0  # nobody else
    breaker.failed()
    assert breaker.wait() == pytest.approx(4.0)
    time.now += 4
    assert breaker.wait() == 0
    breaker.succeeded()
    assert breaker.state == "closed"


def test_the_breaker_opens_on_a_share_of_failures_too() -> None:
    breaker = Breaker(Time(), row=100, share=0.5, window=10)
    for _ in range(5):
        breaker.succeeded()
    for _ in range(4):
        breaker.failed()
        assert breaker.state == "closed"
    breaker.failed()
    assert breaker.state == "open"


def test_a_breaker_that_keeps_opening_is_hopeless_until_the_next_probe() -> None:
    time = Time()
    breaker = Breaker(time, row=1, rest=1.0, gives_up=3)
    breaker.failed()
    for _ in range(2):
        assert not breaker.hopeless
        time.now += 100
        assert breaker.wait() == 0
        breaker.failed()
    assert breaker.hopeless
    time.now += 100
    assert not breaker.hopeless
    assert breaker.wait() == 0
    assert breaker.hopeless  # for the others
    breaker.succeeded()
    assert not breaker.hopeless


def test_backoff_is_full_jitter_and_depends_on_the_call_alone() -> None:
    waits = [backoff(f"{n:032x}", 3) for n in range(2000)]
    assert waits == [backoff(f"{n:032x}", 3) for n in range(2000)]
    assert 0 <= min(waits) < 0.1
    assert BACKOFF * 8 * 0.97 < max(waits) < BACKOFF * 8
    assert sum(waits) / len(waits) == pytest.approx(BACKOFF * 4, rel=0.05)
    assert max(backoff(f"{n:032x}", 90) for n in range(100)) <= LONGEST_BACKOFF


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        (" 0.25 ", 0.25),
        (formatdate(1030.0, usegmt=True), 30.0),
        (formatdate(900.0, usegmt=True), 0.0),
        ("99999999", LONGEST_PAUSE),
        ("", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("inf", 0.0),
        ("nan", 0.0),
        ("1e9", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after(value, lambda: 1000.0) == pytest.approx(seconds)
