"""The threshold of a judge in words: what it was learnt from, and what it promises."""

from __future__ import annotations

from shisaku.judging.learnt import MARKS
from shisaku.report.measure.evidence import Row
from shisaku.report.numbers import count, number, percent
from shisaku.report.words import Words, _


def learnt_of(item: Row) -> Words:
    """Return what is known of the threshold of one judge of a bundle's items."""
    held = item["learnt"]
    if not held:
        return _("too few marks and real items")
    about = {
        "threshold": number(held["threshold"]),
        "n": count(held["expected"]["n"]),
        **{key: percent(round(held["expected"][key], 3)) for key in ("share", "low", "high")},
        "below": percent(round(held["below"]["share"], 3)),
    }
    if held["from"] == MARKS:
        return _(
            "{threshold}: of what passes, {share} [{low}, {high}] is good ({n} marks); {below} of the batch is below",
            **about,
        )
    return _("{threshold}: {share} [{low}, {high}] of real items pass ({n}); {below} of the batch is below", **about)
