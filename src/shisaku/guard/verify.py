"""Whether a ledger is what was written: every record unchanged, in its place, and none missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from shisaku.errors import DataError
from shisaku.guard.chain import START, Head, read_line
from shisaku.guard.head import read_head
from shisaku.guard.ledger import LONGEST_LINE
from shisaku.guard.names import shown
from shisaku.guard.record import OPENING
from shisaku.message import Message, say
from shisaku.store.atomic import disk_errors


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a ledger found; `broken` says what is wrong, from record `at` on."""

    head: Head = field(default_factory=Head)
    kinds: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    broken: Message | None = None
    at: int = 0
    torn: int = 0


def verify(path: Path, known: Mapping[str, str] | None = None) -> Checked:
    """Check the ledger at `path`; no ledger is an empty one.

    `known` are hashes that must be in its chain, by where they are known from: a ledger that was cut off at its end,
    or made anew, lacks them. The head beside the ledger is always one of them.
    """
    wanted = {START: ""}
    try:
        head = read_head(path)
    except DataError as error:
        return Checked(broken=error.what)
    heads = [("ledger.head", head.hash)] if head is not None else []
    expected = [(where, found) for where, found in (*(known or {}).items(), *heads) if found != START]
    wanted.update({found: where for where, found in expected})
    checked, seen = _walk(path, frozenset(wanted))
    missing = next((where for where, found in expected if found not in seen), None)
    if checked.broken is not None or missing is None:
        return checked
    reason = say(
        "The ledger does not hold the record that {where} knows of: records are missing at its end, or it is another",
        where=missing,
    )
    return Checked(checked.head, checked.kinds, checked.bytes, reason, checked.head.records + 1, checked.torn)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Return the records of a ledger in their order, as far as its lines can be read; for showing, not for proof.

    Samples stand under their own ids again, but for those that were forgotten.
    """
    lines = (read_line(line[:-1]) for line in _lines(path) if line.endswith(b"\n"))
    yield from shown((record for record in lines if record is not None), path)


def _walk(path: Path, wanted: frozenset[str]) -> tuple[Checked, set[str]]:
    head, kinds, size, seen = Head(), Counter[str](), 0, set[str]()
    for line in _lines(path):
        if not line.endswith(b"\n"):
            return Checked(head, kinds, size, torn=len(line)), seen
        record = read_line(line[:-1])
        wrong = _wrong(record, head)
        if record is None or wrong is not None:
            return Checked(head, kinds, size, wrong, head.records + 1), seen
        head = Head(record["seq"], record["hash"])
        kinds[str(record.get("kind"))] += 1
        size += int(record["bytes"]) if record.get("kind") == OPENING else 0
        if head.hash in wanted:
            seen.add(head.hash)
    return Checked(head, kinds, size), seen


def _wrong(record: Mapping[str, Any] | None, head: Head) -> Message | None:
    next_ = head.records + 1
    if record is None:
        return say("Record {n} was changed, or is none", n=next_)
    if record["seq"] != next_:
        return say(
            "Record {found} stands where record {n} belongs: records are missing, doubled or in another order",
            found=record["seq"], n=next_,
        )  # fmt: skip
    if record.get("prev") != head.hash:
        return say("Record {n} does not follow from the one before it: one of the two is not what was written", n=next_)
    return None


def _lines(path: Path) -> Iterator[bytes]:
    with disk_errors(path):
        try:
            file: BinaryIO = open(path, "rb")  # noqa: SIM115 - closed below
        except FileNotFoundError:
            return
        with file:
            while line := file.readline(LONGEST_LINE):
                yield line
