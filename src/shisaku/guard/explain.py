"""A ledger as people read it: what left in a row per request, and why each was let out or held back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from shisaku.guard.permission import Rule
from shisaku.guard.record import BLOCKED, CLOSING, DENIED, OPENING
from shisaku.message import Message, say

AGREED: Final[Mapping[Rule, Message]] = {
    "endpoint": say("the URL can be judged and the path stays below it"),
    "level": say("the level lets something leave the premises"),
    "encryption": say("the connection is encrypted"),
    "model": say("the policy names the model"),
    "purpose": say("the policy names the purpose"),
    "files": say("every file in the request is a part that is told of"),
    "field": say("the policy names every part that leaves"),
    "licence": say("every licence lets the data go to a third party"),
    "real": say("the level lets real parts leave"),
    "consent": say("the policy names the consent of every real sample"),
    "redaction": say("every real part attests the redactions that are asked for"),
    "finder": say("no finder finds anything in what leaves of real parts"),
    "text": say("no finder finds anything in the prompt"),
}
AT_HOME: Final = {
    "machine": say("it stays on this machine, where every call is let through"),
    "premises": say("it stays on the premises, where every call is let through"),
}
CAME: Final = ("status", "received", "cost", "currency", "milliseconds", "failed")
CHAIN: Final = frozenset({"prev", "hash", "kind"})


def left(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row per request that was let out, with what came of it (`answered` False where nothing is known)."""
    rows: dict[int, dict[str, Any]] = {}
    for record in records:
        if record["kind"] == OPENING:
            rows[record["seq"]] = {**_without_chain(record), "answered": False}
        elif record["kind"] == CLOSING and record["of"] in rows:
            told = {name: record[name] for name in CAME}
            rows[record["of"]].update(told, answered=True)
    return list(rows.values())


def total(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return requests, bytes, samples and cost by where they went."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in rows:
        key = (row["place"], row["host"], row["model"], row["purpose"])
        names = ("place", "host", "model", "purpose")
        one = found.setdefault(
            key, {**dict(zip(names, key, strict=True)), "requests": 0, "bytes": 0, "samples": set(), "cost": {}}
        )
        one["requests"] += 1
        one["bytes"] += row["bytes"]
        one["samples"].update(part["sample"] for part in row["sent"])
        if row["answered"]:
            one["cost"][row["currency"]] = one["cost"].get(row["currency"], Decimal(0)) + Decimal(row["cost"])
    return [_told(one) for one in found.values()]


def explain(records: Iterable[Mapping[str, Any]], sample: str = "", call: str = "") -> Iterator[dict[str, Any]]:
    """Return each decision about a sample, or about the call whose key begins so; without either, every one.

    Each says whether the call was let out, what was in it, and what each rule that was asked said.
    """
    for record in records:
        if record["kind"] not in (OPENING, DENIED) or not record["call"].startswith(call):
            continue
        parts = record["sent"]
        if sample and not any(part["sample"] == sample for part in parts):
            continue
        shown = [part for part in parts if not sample or part["sample"] == sample]
        allowed = record["kind"] == OPENING
        yield {
            **{name: record[name] for name in ("seq", "when", "call", "model", "purpose", "step", "url", "level")},
            "allowed": allowed,
            "sent": shown,
            "rules": _agreed(record) if allowed else [{"rule": record["rule"], "said": record["reason"]}],
        }


def stopped(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the connections that the audit hook stopped."""
    return [_without_chain(record) for record in records if record["kind"] == BLOCKED]


def _agreed(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    said = [(rule, AGREED[rule]) for rule in record["rules"] if rule in AGREED]
    if record["place"] in AT_HOME:
        said.append(("level", AT_HOME[record["place"]]))
    return [{"rule": rule, "said": message.to_json()} for rule, message in said]


def _without_chain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in CHAIN}


def _told(one: dict[str, Any]) -> dict[str, Any]:
    cost = {currency: format(amount, "f") for currency, amount in one["cost"].items() if amount}
    return {**one, "samples": len(one["samples"]), "cost": cost}
