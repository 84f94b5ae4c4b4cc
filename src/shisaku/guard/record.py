"""What the ledger says about one call: who gets what, of which samples; never content, never a secret."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import Policy
from shisaku.guard.call import Call, Sent
from shisaku.guard.hosts import Host
from shisaku.message import Message

OPENING: Final = "opening"  # bytes are about to leave
CLOSING: Final = "closing"  # what came of it
DENIED: Final = "denied"  # the policy said no: nothing left
BLOCKED: Final = "blocked"  # the audit hook stopped a connection that nobody had announced
CUT: Final = "cut"  # a line was not written to its end when a process died: its bytes never left

# Numbers are whole or decimal text: a float has more than one spelling, and the chain is over spellings.
Entry = Mapping[str, Any]


def opening(
    call: Call,
    back_end: BackEnd,
    host: Host,
    policy: Policy,
    *,
    body: bytes,
    attempt: int = 1,
    rules: tuple[str, ...] = (),
) -> Entry:
    """Return the record of a request whose `body` is about to leave for `host`; `rules` were asked and agreed."""
    return {
        "kind": OPENING,
        **_whom(call, back_end),
        "host": host.name,
        "port": host.port,
        "addresses": list(host.addresses),
        "place": host.place,
        "level": policy.name,
        "attempt": attempt,
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "sent": [_sent(part) for part in call.sent],
        "rules": list(rules),
    }


def closing(
    of: int, *, status: int = 0, received: int = 0, cost: float = 0.0, currency: str = "", seconds: float = 0.0,
    failed: str = "",
) -> Entry:  # fmt: skip
    """Return the record of what came of the request with the number `of`; `failed` is the class of a refusal."""
    return {
        "kind": CLOSING,
        "of": of,
        "status": status,
        "received": received,
        "cost": format(Decimal(repr(cost)), "f"),
        "currency": currency,
        "milliseconds": round(seconds * 1000),
        "failed": failed,
    }


def denied(call: Call, back_end: BackEnd, policy: Policy, rule: str, reason: Message) -> Entry:
    """Return the record of a request that the policy denied; its content is not even hashed."""
    samples = [{"sample": part.sample, "field": part.field} for part in call.sent]
    about = {**_whom(call, back_end), "level": policy.name, "sent": samples}
    return {"kind": DENIED, **about, "rule": rule, "reason": reason.to_json()}


def blocked(event: str, host: str) -> Entry:
    """Return the record of a connection that the audit hook stopped."""
    return {"kind": BLOCKED, "event": event, "host": host}


def _whom(call: Call, back_end: BackEnd) -> dict[str, Any]:
    url = urlsplit(back_end.url)
    # A query or user part may hold a key: they are refused before, and not written down even so.
    place = f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path.rstrip('/')}"
    return {
        "call": call.key,
        "model": call.model,
        "purpose": call.purpose,
        "step": call.step,
        "url": f"{place}/{call.path.partition('?')[0].lstrip('/')}",
    }


def _sent(part: Sent) -> dict[str, Any]:
    return {
        "sample": part.sample,
        "field": part.field,
        "kind": part.kind,
        "bytes": len(part.data),
        "sha256": hashlib.sha256(part.data).hexdigest(),
        "depth": part.depth,
        "licence": part.licence,
        "consent": part.consent,
        "redactions": list(part.redactions),
    }
