"""What the judges of one axis say of a batch's items: each shown by itself, the one that finds most in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report.measure.evidence import Row
from shisaku.report.measure.names import AXES, COPIES, OTHERS, TITLES, axis_of, judge_words
from shisaku.report.numbers import count, number, percent
from shisaku.report.words import Piece, Words, _, words

WORSE, ALIKE, ALONE, NONE = "worse", "alike", "alone", "none"


@dataclass(frozen=True, slots=True)
class Said:
    """One judge and the row of it in the bundle; `against` is how its issues are beside those of real items."""

    name: str
    title: Words
    row: Row

    @property
    def asks(self) -> bool:
        """Whether it calls items issues at all."""
        return self.row["issues"] is not None

    @property
    def against(self) -> str:
        """``worse`` than real items, ``alike`` (not shown to be worse), ``alone`` without any, ``none``: no word."""
        real = self.row["real"]
        if not self.asks:
            return NONE
        if not real or real["high"] is None:
            return ALONE
        return WORSE if self.row["low"] > real["high"] else ALIKE


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its name, its sentence, whether a judge finds more issues than among real items, and its judges."""

    name: str
    title: Words
    told: Words
    tone: str
    judges: Sequence[Said]


def axes_of(bundle: Row) -> list[Axis]:
    """Return the axes of a batch in the order of the page, copies after the three, without the other judges."""
    every = [Said(name, judge_words(name), row) for name, row in bundle["items"].items()]
    return [_axis(name, [one for one in every if axis_of(one.row["op"]) == name]) for name in AXES]


def others_of(bundle: Row) -> list[Said]:
    """Return the judges of items that speak to no axis: they look at items through the set."""
    return [Said(name, judge_words(name), row) for name, row in bundle["items"].items() if axis_of(row["op"]) == OTHERS]


def _axis(name: str, judges: Sequence[Said]) -> Axis:
    asking = [one for one in judges if one.asks]
    tone = WORSE if any(one.against == WORSE for one in asking) else ALIKE if asking else NONE
    if not judges:
        told = _("Not measured: no judge of it fits this batch.")
    elif not asking:
        told = _median(judges[0])
    elif not any(one.row["issues"] for one in asking):
        told = _clean(name, asking)
    else:
        told = _worst(max(asking, key=lambda one: (one.against == WORSE, one.row["share"])), len(judges))
    return Axis(name, words(TITLES[name]), told, tone, judges)


def _clean(name: str, asking: Sequence[Said]) -> Words:
    row = max((one.row for one in asking), key=lambda row: float(row["high"]))
    about: dict[str, Piece] = {"n": count(row["n"]), "high": _share(row["high"]), "judges": _listed(asking)}
    if name == COPIES:
        return _("No copy was found in {n} items, so at most {high} (95 %). Asked: {judges}.", **about)
    return _("None of {n} items is called faulty, so at most {high} (95 %). Asked: {judges}.", **about)


def _worst(one: Said, judges: int) -> Words:
    row = one.row
    said = _(
        "“{judge}” finds most (judges asked: {judges}): {issues} of {n} items ({share}, 95 % interval {low} to "
        "{high}).",
        judges=judges,
        judge=one.title,
        issues=count(row["issues"]),
        n=count(row["n"]),
        share=_share(row["share"]),
        low=_share(row["low"]),
        high=_share(row["high"]),
    )
    if one.against == ALONE:
        return _("{said} There are no real items to compare with.", said=said)
    real = {"real": _share(row["real"]["share"]), "n": count(row["real"]["n"])}
    if one.against == WORSE:
        return _("{said} That is more than among {n} real items ({real}).", said=said, **real)
    return _("{said} That is not shown to be more than among {n} real items ({real}).", said=said, **real)


def _median(one: Said) -> Words:
    row = one.row
    about: dict[str, Piece] = {"judge": one.title, "n": count(row["n"]), "median": number(row["median"])}
    if not row["real"]:
        return _("“{judge}” gives scores and no verdict: median {median} of {n} items (1 is best).", **about)
    return _(
        "“{judge}” gives scores and no verdict: median {median} of {n} items, {real} of the real ones (1 is best).",
        **about,
        real=number(row["real"]["median"]),
    )


def _listed(judges: Sequence[Said]) -> Words:
    return Words(", ".join(one.title.en for one in judges), "、".join(one.title.ja for one in judges))


def _share(value: float) -> str:
    return percent(round(value, 3))
