"""Marks of reviewers: read from a table of theirs, kept in the run that they looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from shisaku.core.mark import Mark
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.readers.rows import Row, read_rows
from shisaku.store.run import Run

TABLE = "marks"  # of a run; forgetting clears it like all others
WORDS = {"yes": True, "ok": True, "true": True, "1": True, "no": False, "bad": False, "false": False, "0": False}


def marks_from(path: Path, known: Collection[str]) -> list[Mark]:
    """Read a table with the columns sample, ok and (if you like) by; `ok` is yes or no, in the words of `WORDS`.

    Raises DataError with the line of a row that cannot be used, or of a sample that is not among the `known`: a mark
    that is left out unseen would move the threshold.
    """
    table = read_rows(path)
    table.require({"sample": "sample", "ok": "ok"})
    return [_mark(path, row, known) for row in table.rows]


def _mark(path: Path, row: Row, known: Collection[str]) -> Mark:
    where = f"{path}:{row.line}"
    if row.problem:
        raise DataError(row.problem, where)
    sample, word = row.cell("sample"), row.cell("ok").lower()
    if word not in WORDS:
        raise DataError(
            say("`ok` says {word}", word=word or "-"), where, next=say("Write one of {words}", words=", ".join(WORDS))
        )
    if sample not in known:
        raise DataError(
            say("No sample with the id {id} was made in this run", id=sample),
            where,
            next=say("Take ids from the evidence: `sheet` and `worst` of a bundle, or `scores` of measure --json"),
        )
    return Mark(sample, WORDS[word], row.cell("by"))


def keep_marks(run: Run, marks: Sequence[Mark]) -> None:
    """Add marks to a run; who marks a sample again takes the earlier word back. Raises MachineError for the disk."""
    held = {(one.sample, one.by): one for one in [*_all(run), *marks]}
    run.write_rows(TABLE, [asdict(held[key]) for key in sorted(held)])


def said_of(run: Run) -> Mapping[str, bool]:
    """Return what the reviewers of a run say of each sample: most of them, and where they are even, that it is bad."""
    votes: dict[str, list[bool]] = {}
    for one in _all(run):
        votes.setdefault(one.sample, []).append(one.ok)
    return {sample: 2 * sum(said) > len(said) for sample, said in votes.items()}


def _all(run: Run) -> list[Mark]:
    return [Mark(str(row["sample"]), bool(row["ok"]), str(row["by"])) for row in run.read_rows(TABLE)]
