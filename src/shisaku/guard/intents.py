"""What the journal is told of a call, and the reply that an answer in it becomes."""

from __future__ import annotations

import hashlib

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.guard.call import Call
from shisaku.guard.journal_table import Answered, Intent
from shisaku.guard.reply import Reply


def journal_key(call: Call, back_end: BackEnd) -> str:
    """Return the key of a call's answer: what determines it, and the model that gives it."""
    return fingerprint(call.key, back_end.identity)


def intent_of(call: Call, model: str, key: str, content: bytes) -> Intent:
    """Return what is put down before `content` is sent: of it only the digest. `model` is the model's fingerprint."""
    made_of = {
        "model": model,
        "input": ",".join(f"{part.field}:{hashlib.sha256(part.data).hexdigest()[:32]}" for part in call.sent),
        "request": hashlib.sha256(content).hexdigest()[:32],
        **call.made_of,
    }
    samples = tuple(dict.fromkeys(part.sample for part in call.sent))
    return Intent(key, call.model, call.step, call.purpose, made_of, samples)


def reply_of(answer: Answered, *, paid: bool) -> Reply:
    """Return an answer of the journal as a reply."""
    return Reply(
        answer.status,
        answer.content_type,
        answer.body,
        answer.units,
        answer.cost,
        answer.seconds,
        answer.attempts,
        paid=paid,
    )
