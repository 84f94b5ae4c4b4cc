"""What a study's answers cost where they are used: money, shop-floor figures and risk, as sections of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shisaku.message import Message, say
from shisaku.report.beside_tables import Cell, Table
from shisaku.report.numbers import count, money, number, percent
from shisaku.report.record import Row, StudyRecord
from shisaku.report.words import Words, _, words

FIGURES: Mapping[str, Message] = {
    "missed": say("missed items"),
    "false_alarms": say("false alarms"),
    "other_errors": say("other errors"),
    "errors": say("errors"),
    "reviews": say("looks by a person"),
    "minutes": say("minutes of work"),
}
UNITS: Mapping[str, Message] = {
    "per_million": say("per million items"),
    "minutes_per_thousand": say("minutes per thousand items"),
}
POLICIES: Mapping[str, Message] = {
    "threshold": say("a threshold chosen on validation items"),
    "bayes": say("the least expected cost, by chances calibrated on validation items"),
    "as scored": say("the highest score, for validation items were too few to choose by"),
}
MINUS = "\u2212"


def lines(study: StudyRecord) -> list[Words]:
    """Return the money of every verdict in a sentence."""
    return [words(row["line"]) for row in _rows(study) if "line" in row]


def money_table(study: StudyRecord) -> Table | None:
    """Return what an item costs, what a year saves, and what the investment earns."""
    currency = str(_about(study).get("currency", ""))
    heads = (_("Place of use"), _("Arm"), _("set against"), _("Decision"), _("Cost per item"),
             _("Cost per item of the comparator"), _("Saving a year"), _("Net present value"), _("Paid back after"),
             _("Items a year to break even"), _("Chance of a return (simulation)"), _("Actions chosen by"))  # fmt: skip
    rows = [
        (_place(r), str(r["arm"]), str(r["comparator"]), str(r["decision"]), _range(r["cost"]),
         _range(r["comparator_cost"]), _ends(r["yearly"], currency), _ends(r["worth"]["npv"], currency), _payback(r),
         number(r["worth"].get("break_even_items_per_year")), _chance(r["worth"]), _policies(r["policies"]))
        for r in _priced(study)
    ]  # fmt: skip
    return Table(heads, rows, 4) if rows else None


def figures_table(study: StudyRecord) -> Table | None:
    """Return missed items, false alarms, looks and minutes, for the arm and what it is set against."""
    heads = (_("Place of use"), _("Arm"), _("set against"), _("Figure"), _("Unit"), _("Arm"), _("Comparator"),
             _("Change"))  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (_place(r), str(r["arm"]), str(r["comparator"]), words(FIGURES[one["name"]]), words(UNITS[one["unit"]]),
         _whole(one["arm"]), _whole(one["comparator"]), _whole(one["change"]))
        for r in _priced(study) for one in r["figures"]
    ]  # fmt: skip
    return Table(heads, rows, 5) if rows else None


def risk_table(study: StudyRecord) -> Table | None:
    """Return calibration, what is risked when the unsure is left to people, the worst class, and fixed recall."""
    heads = (_("Place of use"), _("Arm"), _("Brier score"), _("Log loss"), _("Calibration error (by chance)"),
             _("Risk–coverage area"), _("Errors at 80 % and 100 % coverage"), _("Worst class"),
             _("Recall found (wanted)"), _("False alarm rate there"), _("At most missed"), _("n (test)"))  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (_place(r), str(r[side]), *_risk(found))
        for r in _priced(study) for side in ("arm", "comparator") if (found := r["risk"][side])
    ]  # fmt: skip
    return Table(heads, list(dict.fromkeys(map(tuple, rows))), 2) if rows else None


def tornado_table(study: StudyRecord) -> Table | None:
    """Return what the net present value depends on, the widest first."""
    currency = str(_about(study).get("currency", ""))
    heads = (_("Place of use"), _("Arm"), _("Unknown amount"), _("Net present value at its lowest"),
             _("Net present value at its highest"), _("Does its sign depend on it?"))  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (_place(r), str(r["arm"]), _("the measured effect") if one["name"] == "effect" else str(one["name"]),
         _amount(one["npv_at_low"], currency), _amount(one["npv_at_high"], currency),
         _("yes") if one["turns"] else _("no"))
        for r in _priced(study) for one in r["worth"]["tornado"]
    ]  # fmt: skip
    return Table(heads, rows, 3) if rows else None


def note(study: StudyRecord) -> Words:
    """Return whose costs and shares these are."""
    about = _about(study)
    whose = (
        _("Illustrative: the costs are examples, not yours.")
        if about.get("illustrative")
        else _("Worked out with the costs that the recipe states.")
    )
    shares = (
        _("Shares of the classes as they are in use.")
        if about.get("shares_given")
        else _("Shares of the classes as in the test, for nobody said how they are in use.")
    )
    return _("{whose} {shares} Under ABSTAIN every range contains no effect at all.", whose=whose, shares=shares)


def _about(study: StudyRecord) -> Mapping[str, Any]:
    found = study.detail.get("business")
    return found if isinstance(found, Mapping) else {}


def _rows(study: StudyRecord) -> Sequence[Row]:
    return list(_about(study).get("rows", ()))


def _priced(study: StudyRecord) -> Iterator[Row]:
    return (row for row in _rows(study) if "line" in row)


def _place(row: Row) -> Words | str:
    shots = int(row["shots"])
    name = str(row["domain"])
    told = _("{place}, {n} per class", place=name, n=shots) if shots else name
    return _("{place} (simulated)", place=told) if row["simulated"] else told


def _range(found: Row | None) -> str:
    if found is None:
        return "–"
    return f"{found['effect']:,.4g} [{found['low']:,.4g}, {found['high']:,.4g}]".replace("-", MINUS)


def _whole(found: Row | None) -> str:
    if found is None:
        return "–"
    return f"{found['effect']:,.0f} [{found['low']:,.0f}, {found['high']:,.0f}]".replace("-", MINUS)


def _ends(found: Row | None, currency: str) -> Words | str:
    if found is None:
        return "–"
    return _("{low} to {high}", low=_amount(found["low"], currency), high=_amount(found["high"], currency))


def _amount(value: float, currency: str) -> Words:
    amount = money(abs(value), currency)
    return _("−{amount}", amount=amount) if value < 0 else amount


def _payback(row: Row) -> Words | str:
    found = row["worth"].get("payback_years")
    if not found or found["median"] is None:
        return "–"
    return _("{years} years", years=f"{found['median']:.1f}")


def _chance(worth: Row) -> Words | str:
    sure, held = worth.get("chance_of_return"), worth.get("chance_if_measured_effect_holds")
    if sure:
        return percent(round(sure["value"], 3))
    if held:
        return _("not shown; {share} if the measured effect holds", share=percent(round(held["value"], 3)))
    return "–"


def _policies(found: Mapping[str, int]) -> Words:
    name = max(found, key=lambda kind: found[kind])
    return words(POLICIES[name])


def _risk(found: Row) -> list[Cell]:
    calibration, selective, worst = found["calibration"], found["selective"], found["worst_class"]
    recall = found.get("fixed_recall")
    missed = found.get("missed")
    return [
        _scored(found["brier"]),
        _scored(found["log_loss"]),
        f"{calibration['ece']:.3f} ({calibration['by_chance']:.3f})",
        f"{selective['aurc']:.3f} [{selective['low']:.3f}, {selective['high']:.3f}]".replace("-", MINUS),
        f"{percent(round(selective['risk_at']['0.8'], 3))}, {percent(round(selective['risk_at']['1.0'], 3))}",
        _("{name}: {low} to {high} wrong", name=str(worst["name"]), low=percent(round(worst["low"], 3)),
          high=percent(round(worst["high"], 3))) if worst["name"] else _("too few items of every class"),
        _rate(recall["recall"], recall["wanted"]) if recall else "–",
        _rate(recall["false_alarm_rate"]) if recall else "–",
        percent(round(missed["at_most"], 4)) if missed else "–",
        count(found["n"]),
    ]  # fmt: skip


def _scored(found: Row) -> str:
    return f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}]".replace("-", MINUS)


def _rate(found: Row, wanted: float | None = None) -> str:
    text = (
        f"{percent(round(found['value'], 3))} [{percent(round(found['low'], 3))}, {percent(round(found['high'], 3))}]"
    )
    return text if wanted is None else f"{text} ({percent(wanted)})"
