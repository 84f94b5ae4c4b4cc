"""Which steps were asked of a part of their samples only, in words that stand wherever their results are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shisaku.report.numbers import count
from shisaku.report.record import Record, Row
from shisaku.report.words import Words, _


def asked_in_part(record: Record) -> Mapping[str, Words]:
    """Return step -> of how many of its samples it was asked, for the steps that were not asked of all."""
    return _told(record, lambda n, of, how: _("asked of {n} of {all} ({how})", n=n, all=of, how=how))


def measured_in_part(record: Record) -> Mapping[str, Words]:
    """Return the same for steps that measure: on how many samples their scores are."""
    return _told(record, lambda n, of, how: _("measured on {n} of {all} ({how})", n=n, all=of, how=how))


def asked_of(row: Row) -> tuple[int | None, int | None]:
    """Return of how many samples a step was asked and how many there were; None where an older run does not say."""
    asked, of = row.get("asked"), row.get("of")
    return (None if asked is None else int(asked), None if of is None else int(of))


def is_part(row: Row) -> bool:
    """Whether a step was asked of fewer samples than there were."""
    asked, of = asked_of(row)
    return asked is not None and of is not None and asked < of


def _told(record: Record, tell: Callable[[str, str, Words], Words]) -> Mapping[str, Words]:
    rows = [row for row in record.tables["counts"] if is_part(row)]
    return {
        str(r["step"]): tell(count(r["asked"]), count(r["of"]), _how(record.graph.spread_by(str(r["step"]))))
        for r in rows
    }


def _how(by: tuple[str, ...]) -> Words:
    return _("sample stratified by {by}", by=", ".join(by)) if by else _("random sample")
