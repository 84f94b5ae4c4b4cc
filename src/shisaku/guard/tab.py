"""What one call is charged for while it is under way: its bound is held, lost attempts count, the answer settles it."""

from __future__ import annotations

from dataclasses import replace

from shisaku.guard.spending import NOTHING, Amount, Spending
from shisaku.message import Message


class Tab:
    """The account of one call; `bound` is what one attempt uses up at most.

    An attempt whose answer never came may have been paid. Where the server honours the key of the call (`again`) the
    next attempt is not charged anew; elsewhere every such attempt counts in full.
    """

    def __init__(self, spending: Spending, bound: Amount, *, again: bool) -> None:
        self.charged = NOTHING
        self._spending, self._bound, self._again = spending, bound, again
        self._held = NOTHING
        self._lost = False

    async def hold(self) -> Message | None:
        """Set aside what the next attempt needs, if nothing is set aside; or say which limit forbids it."""
        if self._held != NOTHING:
            return None
        need = replace(self._bound, calls=0) if self.charged.calls else self._bound
        if why := await self._spending.reserve(need):
            return why
        self._held = need
        return None

    def sent(self) -> None:
        """Count the call itself, at its first attempt."""
        if self._held.calls:
            self._count(Amount(calls=1), Amount(calls=1))

    def lost(self) -> bool:
        """Note an attempt that may have been paid and gave nothing; say whether the charge has changed."""
        self._lost = True
        if self._again:
            return False
        self._count(self._held, self._held)
        return True

    def forgo(self, earlier: Amount) -> None:
        """Take over what an earlier part of the run was charged for this call."""
        if self._again:
            self._spending.settle(NOTHING, NOTHING - earlier)
        else:
            self.charged += earlier

    def close(self, used: Amount | None = None) -> None:
        """Settle with what the answer used; without an answer, with what may have been paid."""
        if used is None:
            used = self._held if self._again and self._lost else NOTHING
        self._count(self._held, replace(used, calls=0))

    def _count(self, held: Amount, used: Amount) -> None:
        self._spending.settle(held, used)
        self._held -= held
        self.charged += used
