"""A door that lets nothing out: it judges and counts what would leave, and sends none of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from shisaku.core.back_end import BackEnd
from shisaku.core.budget import Budget
from shisaku.core.policy import ON_PREM, Policy
from shisaku.guard.call import Call
from shisaku.guard.hosts import named
from shisaku.guard.intents import reply_of
from shisaku.guard.journal import Find
from shisaku.guard.judging import Bench, Judged
from shisaku.guard.leaving import Leaving
from shisaku.guard.reply import Refusal, Reply
from shisaku.guard.ruling import Finders
from shisaku.guard.spending import check_currency
from shisaku.message import say


class DryDoor:
    """Does what the gate does up to the point where bytes would leave: policy first, then the journal, then it stops.

    What the policy denies is refused as the gate refuses it, what was answered before is answered from the journal
    (`find`), and all else is counted in `rows` and refused in a way that may pass. No name is looked up unless
    `look_up` is True: a look-up is traffic too. Raises RecipeError where prices and budget are in different
    currencies. Safe from many threads.
    """

    def __init__(
        self,
        policy: Policy,
        back_ends: Mapping[str, BackEnd],
        *,
        find: Find,
        budget: Budget | None = None,
        finders: Finders | None = None,
        look_up: bool = False,
    ) -> None:
        for back_end in back_ends.values():
            check_currency(budget or Budget(), back_end)
        self._policy, self._back_ends, self._find = policy, dict(back_ends), find
        self._bench = Bench(policy, back_ends, finders or {}, None if look_up else _not_looked_up)
        self._rows: dict[tuple[str, str, str], Leaving] = {}
        self._seen: set[str] = set()
        self._kept_back = 0
        self._lock = threading.Lock()

    @property
    def rows(self) -> list[Leaving]:
        """What would leave, in the order in which it was first asked for."""
        return list(self._rows.values())

    @property
    def kept_back(self) -> int:
        """How many calls so far a real run would have sent, or had from one that it sends: their answers lack here."""
        return self._kept_back

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        """Return for every call its answer from the journal or why there is none; nothing is sent."""
        judged = [self._bench.judged(call) for call in calls]
        found = self._find(list({one.key for one in judged if one.refused is None}))
        with self._lock:
            return [
                self._told(call, one, reply_of(found[one.key], paid=False) if one.key in found else None)
                for call, one in zip(calls, judged, strict=True)
            ]

    def _told(self, call: Call, judged: Judged, reply: Reply | None) -> Reply | Refusal:
        row = self._row(call, judged)
        row.calls += 1
        if judged.refused is not None:
            row.deny(judged.denied or judged.refused.kind, judged.refused.reason)
            return judged.refused
        if reply is not None:
            row.answered += 1
            return reply
        self._kept_back += 1
        if judged.key in self._seen:
            row.repeated += 1
        else:
            self._seen.add(judged.key)
            row.leave(call, self._back_ends[call.model])
        return Refusal("stopped", say("Dry run: not sent"))

    def _row(self, call: Call, judged: Judged) -> Leaving:
        key = (call.step, call.model, call.purpose)
        if key not in self._rows:
            host = judged.host or (named(judged.back_end) if judged.back_end is not None else None)
            name, place = ("?", "outside") if host is None else (host.name, host.place)
            self._rows[key] = Leaving(*key, name, place, self._exact(judged))
        return self._rows[key]

    def _exact(self, judged: Judged) -> bool:
        """Say whether the gate will find the host in the very same place."""
        if judged.back_end is None or judged.host is None:
            return False
        return bool(judged.host.addresses) or (self._policy.level == ON_PREM and not judged.back_end.premises)


def _not_looked_up(name: str, port: int) -> Sequence[str]:
    return ()
