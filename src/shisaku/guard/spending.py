"""What a run has used up of its budget: reserved at most before a call, settled with what it was after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shisaku.core.back_end import BackEnd, Prices
from shisaku.core.budget import Budget
from shisaku.errors import RecipeError
from shisaku.guard.call import Units
from shisaku.message import Message, say

MILLION, MINUTE = 1e6, 60.0
ROUNDING, TINY = 1e-9, 1e-12  # of a limit, and of money: sums of prices are not exact


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, tokens and calls."""

    money: float = 0.0
    tokens: int = 0
    calls: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.money + other.money, self.tokens + other.tokens, self.calls + other.calls)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.money - other.money, self.tokens - other.tokens, self.calls - other.calls)


NOTHING: Final = Amount()


def price(units: Units, prices: Prices) -> float:
    """Return what one call with these units costs."""
    return (
        prices.call
        + (units.tokens_in * prices.tokens_in + units.tokens_out * prices.tokens_out) / MILLION
        + units.images * prices.image
        + units.audio_seconds / MINUTE * prices.audio_minute
        + units.characters / MILLION * prices.characters
    )


def amount(units: Units, prices: Prices) -> Amount:
    """Return what one call with these units uses up."""
    return Amount(price(units, prices), units.tokens_in + units.tokens_out, 1)


def charges(prices: Prices) -> bool:
    """Say whether anything has a price."""
    return any(getattr(prices, name) for name in Prices.__dataclass_fields__ if name != "currency")


def check_currency(budget: Budget, back_end: BackEnd) -> None:
    """Raise RecipeError where the prices of a model cannot be held against the budget."""
    prices = back_end.prices
    if budget.money is not None and charges(prices) and prices.currency != budget.currency:
        raise RecipeError(
            say(
                "The prices of model {model} are in {theirs}, the budget is in {ours}",
                model=back_end.name,
                theirs=prices.currency,
                ours=budget.currency,
            ),
            next=say("Give both in one currency"),
        )


class Spending:
    """The account of one run. Belongs to one asyncio loop.

    `used` and `minutes` are what an earlier part of the run used up. Money and tokens of calls that are under way count
    with their upper bound: no sum of answers can pass a limit, as long as the bounds are true.
    """

    def __init__(
        self, budget: Budget, clock: Callable[[], float], used: Amount | None = None, minutes: float = 0.0
    ) -> None:
        self.budget = budget
        self.used = used or NOTHING
        self.reserved = NOTHING
        self._clock, self._began = clock, clock() - minutes * MINUTE
        self._settled = asyncio.Event()

    @property
    def minutes(self) -> float:
        """How long the run has taken, earlier parts included."""
        return (self._clock() - self._began) / MINUTE

    @property
    def seconds_left(self) -> float | None:
        """How long the budget lets the run go on; None without such a limit."""
        limit = self.budget.minutes
        return None if limit is None else (limit - self.minutes) * MINUTE

    async def reserve(self, need: Amount) -> Message | None:
        """Set aside what a call needs at most, or say which limit forbids it.

        Where calls under way hold so much that it does not fit now but may when they have ended, it waits for them.
        """
        while True:
            if why := self._passes(self.used, need):
                return why
            if not self._passes(self.used + self.reserved, need):
                self.reserved += need
                return None
            self._settled.clear()
            await self._settled.wait()

    def settle(self, reserved: Amount, used: Amount) -> None:
        """Give back what was set aside for a call, and count what it used."""
        self.reserved -= reserved
        self.used += used
        self._settled.set()

    def _passes(self, used: Amount, need: Amount) -> Message | None:
        limits = self.budget
        if limits.money is not None and used.money + need.money > limits.money * (1 + ROUNDING) + TINY:
            return say(
                "The budget of {limit:.6g} {currency} is reached: {used:.6g} is used, the call needs up to {need:.6g}",
                limit=limits.money,
                currency=limits.currency,
                used=used.money,
                need=need.money,
            )
        if limits.tokens is not None and used.tokens + need.tokens > limits.tokens:
            return say(
                "The budget of {limit} tokens is reached: {used} are used, the call needs up to {need}",
                limit=limits.tokens,
                used=used.tokens,
                need=need.tokens,
            )
        if limits.calls is not None and used.calls + need.calls > limits.calls:
            return say("The budget of {limit} calls is reached: {used} are used", limit=limits.calls, used=used.calls)
        return self.out_of_time()

    def out_of_time(self) -> Message | None:
        """Say that the run's minutes are over, if they are."""
        left = self.seconds_left
        if left is None or left > 0:
            return None
        return say(
            "The budget of {limit:.6g} minutes is reached: {used:.6g} are used",
            limit=float(self.budget.minutes or 0),
            used=self.minutes,
        )
