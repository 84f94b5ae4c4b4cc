"""Every verdict of every study in one table, gains and losses alike, in the order of the plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report.decision import ABSTAIN, ADOPT, REJECT, decision_words
from shisaku.report.numbers import count, signed
from shisaku.report.record import Record, Row, StudyRecord, shots_of
from shisaku.report.words import Words, _


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict, ready to print; `shots` is 0 for all real items, None where it is not said."""

    verdict: Row
    shots: int | None
    change: str
    interval: str
    n: str


@dataclass(frozen=True, slots=True)
class StudyRows:
    """A study and its verdicts."""

    name: str
    decision: str
    rows: Sequence[VerdictRow]


def all_verdicts(record: Record) -> list[StudyRows]:
    """Return the verdicts of every study."""
    return [StudyRows(study.name, study.overall, [_row(v) for v in study.verdicts]) for study in record.studies]


def tally(studies: Sequence[StudyRecord]) -> Words:
    """Return how many verdicts of each kind there are, so that none is overlooked."""
    found = Counter(str(verdict["decision"]) for study in studies for verdict in study.verdicts)
    kinds = {"adopt": ADOPT, "reject": REJECT, "abstain": ABSTAIN}
    words = {name: decision_words(kind) for name, kind in kinds.items()}
    counts = {f"n_{name}": count(found[kind]) for name, kind in kinds.items()}
    return _("{adopt}: {n_adopt}, {reject}: {n_reject}, {abstain}: {n_abstain}.", **words, **counts)


def _row(verdict: Row) -> VerdictRow:
    low, high = verdict["interval"]
    return VerdictRow(
        verdict, shots_of(verdict), signed(verdict["effect"]), f"[{signed(low)}, {signed(high)}]", tested(verdict)
    )


def tested(verdict: Row) -> str:
    """Return how many test items stand behind a verdict."""
    n = verdict.get("detail", {}).get("n_test")
    return count(n if isinstance(n, int | float) else verdict["n"])
