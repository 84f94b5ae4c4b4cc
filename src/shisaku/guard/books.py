"""Where the gate writes everything down, and its clocks."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.core.policy import Policy
from shisaku.guard.clerk import Clerk
from shisaku.guard.journal import Journal
from shisaku.guard.pace import Clock, Sleep
from shisaku.guard.spending import Spending


@dataclass(frozen=True, slots=True)
class Books:
    """Policy, journal, ledger and account of one run. `clock` is monotonic, `wall` the time of day (s)."""

    policy: Policy
    journal: Journal
    ledger: Clerk
    spending: Spending
    clock: Clock
    wall: Clock
    sleep: Sleep
