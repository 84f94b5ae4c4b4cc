"""What came of a call: an answer with what it cost, or a refusal with its class and reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from shisaku.guard.call import Units
from shisaku.message import Message

Refused = Literal[
    "policy",  # the policy denies it; nothing was sent
    "budget",  # it would pass a limit of the budget; nothing was sent
    "stopped",  # the run was stopped before its turn; nothing was sent, and the next run does
    "circuit",  # the endpoint failed too often just before; nothing was sent
    "rejected",  # the endpoint refused the request as such (4xx)
    "rate",  # the endpoint asked for patience until there was none left (429, 503)
    "server",  # the endpoint failed (5xx)
    "timeout",  # no whole answer in time
    "connection",  # no connection, or it broke off
    "truncated",  # the answer is shorter than it says, or no whole JSON
    "too_large",  # the answer is longer than is taken
]
REFUSED: tuple[Refused, ...] = get_args(Refused)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with status 2xx. `units` are what the endpoint says was used, else the bound of the call.

    `cost` is in the currency of the endpoint's prices; `paid` is False where the answer lay in the journal.
    """

    status: int
    content_type: str
    body: bytes
    units: Units
    cost: float
    seconds: float
    attempts: int
    paid: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer."""

    kind: Refused
    reason: Message
    attempts: int = 0
